// What a browser with scripts adds to a list of lines that works without them: choosing all, and keys for everything.
// Keys go by their place on the keyboard: a Persian layout has other letters there. They can be switched off, because a
// voice that dictates also types letters.

const lettersOff = "divan-letters-off";

function isTyping(element) {
  return element.matches("input:not([type='checkbox']), select, textarea, [contenteditable]");
}

function lettersAreOff() {
  return Boolean(localStorage.getItem(lettersOff));
}

function theList() {
  return document.querySelector("[data-list]");
}

function rowHere() {
  return document.activeElement.closest("[data-list] tbody tr");
}

function pickOf(row) {
  return row?.querySelector("input[name='line']") ?? null;
}

function allPicks() {
  return [...document.querySelectorAll("[data-list] input[name='line']")];
}

function stand(row) {
  const to = row?.querySelector("a[href], th button");
  to?.focus();
  return Boolean(to);
}

function tellCount() {
  const count = document.querySelector("[data-list-count]");
  const picks = allPicks();
  const chosen = picks.filter((pick) => pick.checked).length;
  if (count) count.textContent = chosen ? new Intl.NumberFormat(document.documentElement.lang).format(chosen) : "";
  const all = document.querySelector("[data-list-all]");
  if (!all) return;
  all.checked = picks.length > 0 && chosen === picks.length;
  all.indeterminate = chosen > 0 && chosen < picks.length;
}

function chooseAll(wanted) {
  for (const pick of allPicks()) pick.checked = wanted;
  tellCount();
}

// What nothing is chosen for concerns the line that one stands on.
function press(what) {
  const button = document.querySelector(`[data-list-form] button[name='do'][value='${what}']`);
  if (!button) return false;
  if (!allPicks().some((pick) => pick.checked)) {
    const pick = pickOf(rowHere());
    if (!pick) return false;
    pick.checked = true;
  }
  button.form.requestSubmit(button);
  return true;
}

function showKeys() {
  const keys = document.querySelector("[data-list-keys]");
  if (!keys || keys.open) return false;
  keys.showModal();
  return true;
}

function search() {
  const field = document.querySelector("[data-list-search]");
  if (!field) return false;
  const folded = field.closest("details");
  if (folded) folded.open = true;
  field.focus();
  return true;
}

const keysOfList = {
  KeyJ: () => stand(rowHere()?.nextElementSibling ?? (rowHere() ? null : theList().querySelector("tbody tr"))),
  KeyK: () => stand(rowHere()?.previousElementSibling),
  KeyO: () => {
    rowHere()?.querySelector("a[href], th button")?.click();
    return true;
  },
  KeyX: () => {
    const pick = pickOf(rowHere());
    if (pick) pick.checked = !pick.checked;
    tellCount();
    return true;
  },
  KeyA: () => {
    chooseAll(!allPicks().every((pick) => pick.checked));
    return true;
  },
  KeyM: () => press("read"),
  KeyF: () => press("flag"),
  KeyR: () => press("refer"),
  KeyE: () => press("close"),
};

function pressed(event) {
  if (!theList() || event.ctrlKey || event.altKey || event.metaKey || isTyping(event.target)) return;
  if (document.querySelector("dialog[open]") || lettersAreOff()) return;
  // The sign of a question stands on another key in every layout; both its forms are taken.
  const asksHelp = event.key === "?" || event.key === "؟";
  const deed = asksHelp ? showKeys : event.code === "Slash" ? search : event.shiftKey ? null : keysOfList[event.code];
  if (deed?.()) event.preventDefault();
}

function switchLetters(event) {
  if (!event.target.closest("[data-shortcuts]")) return;
  if (lettersAreOff()) localStorage.removeItem(lettersOff);
  else localStorage.setItem(lettersOff, "yes");
  showLetters(document);
}

function showLetters(root) {
  for (const button of root.querySelectorAll("[data-shortcuts]")) {
    button.setAttribute("aria-pressed", String(!lettersAreOff()));
  }
}

document.addEventListener("keydown", pressed);
document.addEventListener("click", switchLetters);
document.addEventListener("click", (event) => event.target.closest("[data-list-help]") && showKeys());
document.addEventListener("change", (event) => {
  if (event.target.matches("[data-list-all]")) chooseAll(event.target.checked);
  else if (event.target.matches("[data-list] input[name='line']")) tellCount();
});
document.addEventListener("DOMContentLoaded", () => {
  showLetters(document);
  tellCount();
});
window.addEventListener("pageshow", tellCount);
