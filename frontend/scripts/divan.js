// What a browser with scripts gets on top of pages that work without them.
import "htmx.org";
import "./worklist.js";

// A reader of the screen starts at the list of errors; everybody lands where the page says something went wrong.
function focusErrorSummary(root) {
  root.querySelector("[data-error-summary]")?.focus();
}

// The link of an error names a control; the label comes into view with it.
function followErrorLink(event) {
  const link = event.target.closest("[data-error-summary] a[href^='#']");
  const control = link && document.getElementById(decodeURIComponent(link.hash.slice(1)));
  if (!control) return;
  event.preventDefault();
  (control.closest(".field") ?? control).scrollIntoView();
  control.focus({ preventScroll: true });
}

// A form marked once is sent once: a second click within five seconds is dropped. The server guards itself besides.
function sendOnce(event) {
  const form = event.target;
  if (!form.matches("form[data-once]")) return;
  if (form.dataset.sent && Date.now() - Number(form.dataset.sent) < 5000) {
    event.preventDefault();
    return;
  }
  form.dataset.sent = String(Date.now());
}

function askForPrint(event) {
  if (event.target.closest("[data-print]")) window.print();
}

async function copyCode(event) {
  const button = event.target.closest("[data-copy]");
  if (!button) return;
  await navigator.clipboard.writeText(button.dataset.copy);
  const said = button.querySelector("[data-copied]");
  if (said) said.hidden = false;
}

// In a list marked so, the arrow keys go from row to row while a link of a row has the focus.
function walkRows(event) {
  if (event.key !== "ArrowDown" && event.key !== "ArrowUp") return;
  const row = event.target.closest("[data-rows] tbody tr");
  if (!row || isTyping(event.target)) return;
  if (focusRow(event.key === "ArrowDown" ? row.nextElementSibling : row.previousElementSibling)) event.preventDefault();
}

// Ctrl+Enter sends the form in which one writes, by its main button: nobody walks through all the rest of a long form.
// In the editor of rich text the keys are the editor's.
function sendByKeys(event) {
  if (event.key !== "Enter" || !(event.ctrlKey || event.metaKey) || event.target.closest("[contenteditable]")) return;
  const button = event.target.closest("main form")?.querySelector("button.btn-primary:not([type='button'])");
  if (!button) return;
  event.preventDefault();
  button.form.requestSubmit(button);
}

function isTyping(element) {
  return element.matches("input, select, textarea, [contenteditable]");
}

function focusRow(row) {
  const link = row?.querySelector("a[href], th button");
  link?.focus();
  return Boolean(link);
}

// In the search of a place the Enter key looks for it; elsewhere it saves the page.
function findOnEnter(event) {
  if (event.key !== "Enter" || !event.target.matches(".search-line input[type='search']")) return;
  const button = event.target.closest(".search-line").querySelector("button[name='find']");
  if (!button) return;
  event.preventDefault();
  button.click();
}

// After a row was added the writer stands in it; after one was removed, at the button that adds.
let rowsAsked = "";

function noteRowsAsked(event) {
  const button = event.target.closest("button[name='row']");
  if (button) rowsAsked = button.value.split(":")[0];
}

function focusRows(event) {
  const group = event.target;
  if (!rowsAsked || !group.matches?.(".field--composed")) return;
  const rows = group.querySelectorAll(".field-row");
  const control = rows[rows.length - 1]?.querySelector("input:not([type='hidden']), select, textarea");
  (rowsAsked === "add" && control ? control : group.querySelector("button[name='row'][id]") ?? group).focus();
  rowsAsked = "";
}

// Only a control that a script makes work is shown by a script.
function showScriptedControls(root) {
  for (const hidden of root.querySelectorAll("[data-scripted]")) hidden.hidden = false;
}

// The menu of the office stands open on a wide screen and is folded on a narrow one.
const wide = window.matchMedia("(min-width: 62rem)");

function foldMenu() {
  const menu = document.querySelector("[data-office-menu]");
  if (menu) menu.open = wide.matches;
}

document.addEventListener("click", followErrorLink);
document.addEventListener("click", askForPrint);
document.addEventListener("click", copyCode);
document.addEventListener("click", noteRowsAsked, true);
document.addEventListener("submit", sendOnce);
document.addEventListener("keydown", findOnEnter);
document.addEventListener("keydown", walkRows);
document.addEventListener("keydown", sendByKeys);
document.addEventListener("htmx:load", (event) => showScriptedControls(event.target));
document.addEventListener("htmx:load", focusRows);
document.addEventListener("DOMContentLoaded", () => {
  foldMenu();
  showScriptedControls(document);
  focusErrorSummary(document);
});
wide.addEventListener("change", foldMenu);
// A page taken back from the browser's memory may be sent again.
window.addEventListener("pageshow", () => {
  for (const form of document.querySelectorAll("form[data-once]")) delete form.dataset.sent;
});
