// The editor of rich text: what a letter may hold and nothing else. Only pages with such a field load it; without it the
// field is a textarea with plain text. Whatever it sends, and whatever is pasted, the server cleans.
import { baseKeymap, chainCommands, setBlockType, toggleMark } from "prosemirror-commands";
import { history, redo, undo } from "prosemirror-history";
import { keymap } from "prosemirror-keymap";
import { DOMParser, DOMSerializer, Schema } from "prosemirror-model";
import { liftListItem, sinkListItem, splitListItem, wrapInList } from "prosemirror-schema-list";
import { EditorState } from "prosemirror-state";
import {
  addColumnAfter,
  addRowAfter,
  deleteColumn,
  deleteRow,
  deleteTable,
  goToNextCell,
  isInTable,
  mergeCells,
  splitCell,
  tableEditing,
  tableNodes,
  toggleHeaderRow,
} from "prosemirror-tables";
import { EditorView } from "prosemirror-view";

const placed = { dir: { default: null }, align: { default: null } };
const readPlace = (dom) => ({ dir: dom.getAttribute("dir"), align: dom.getAttribute("data-align") });
const writePlace = (node) => ({ dir: node.attrs.dir, "data-align": node.attrs.align });
const list = (tag) => ({
  group: "block",
  content: "list_item+",
  attrs: { dir: { default: null } },
  parseDOM: [{ tag, getAttrs: (dom) => ({ dir: dom.getAttribute("dir") }) }],
  toDOM: (node) => [tag, { dir: node.attrs.dir }, 0],
});
const mark = (tag, ...others) => ({ parseDOM: [tag, ...others].map((one) => ({ tag: one })), toDOM: () => [tag, 0] });

const schema = new Schema({
  nodes: {
    doc: { content: "block+" },
    paragraph: {
      group: "block",
      content: "inline*",
      attrs: placed,
      parseDOM: [{ tag: "p", getAttrs: readPlace }],
      toDOM: (node) => ["p", writePlace(node), 0],
    },
    heading: {
      group: "block",
      content: "inline*",
      attrs: placed,
      defining: true,
      parseDOM: [{ tag: "h2", getAttrs: readPlace }],
      toDOM: (node) => ["h2", writePlace(node), 0],
    },
    bullet_list: list("ul"),
    ordered_list: list("ol"),
    list_item: {
      content: "paragraph (bullet_list | ordered_list)*",
      defining: true,
      parseDOM: [{ tag: "li" }],
      toDOM: () => ["li", 0],
    },
    ...tableNodes({ tableGroup: "block", cellContent: "paragraph+", cellAttributes: {} }),
    page_break: {
      group: "block",
      parseDOM: [{ tag: "hr.page-break" }],
      toDOM: () => ["hr", { class: "page-break" }],
    },
    hard_break: { group: "inline", inline: true, selectable: false, parseDOM: [{ tag: "br" }], toDOM: () => ["br"] },
    text: { group: "inline" },
  },
  marks: { strong: mark("strong", "b"), em: mark("em", "i"), underline: mark("u") },
});
const { nodes, marks } = schema;

// The server writes direction and place of a cell on the cell; here they belong to the paragraph in it.
function read(html) {
  const holder = new window.DOMParser().parseFromString(html, "text/html").body;
  for (const cell of holder.querySelectorAll("td, th")) {
    const paragraph = document.createElement("p");
    for (const name of ["dir", "data-align"]) {
      if (cell.hasAttribute(name)) paragraph.setAttribute(name, cell.getAttribute(name));
      cell.removeAttribute(name);
    }
    paragraph.append(...cell.childNodes);
    cell.append(paragraph);
  }
  return DOMParser.fromSchema(schema).parse(holder);
}

function write(doc) {
  const holder = document.createElement("div");
  holder.append(DOMSerializer.fromSchema(schema).serializeFragment(doc.content));
  for (const table of holder.querySelectorAll("table")) table.removeAttribute("style");
  return holder.innerHTML;
}

function eachBlock(state, change) {
  const { tr } = state;
  const { from, to } = state.selection;
  state.doc.nodesBetween(from, to, (node, position) => {
    const attrs = change(node);
    if (attrs) tr.setNodeMarkup(position, null, { ...node.attrs, ...attrs });
  });
  return tr;
}

const isPlaced = (node) => node.type === nodes.paragraph || node.type === nodes.heading;
const isList = (node) => node.type === nodes.bullet_list || node.type === nodes.ordered_list;

const align = (to) => (state, dispatch) => {
  dispatch?.(eachBlock(state, (node) => (isPlaced(node) ? { align: to } : null)));
  return true;
};

const direct = (to) => (state, dispatch) => {
  dispatch?.(eachBlock(state, (node) => (isPlaced(node) || isList(node) ? { dir: to } : null)));
  return true;
};

const insert = (make) => (state, dispatch) => {
  dispatch?.(state.tr.replaceSelectionWith(make()).scrollIntoView());
  return true;
};

function newTable() {
  const row = (type) => nodes.table_row.create(null, [0, 1, 2].map(() => type.createAndFill()));
  return nodes.table.create(null, [row(nodes.table_header), row(nodes.table_cell), row(nodes.table_cell)]);
}

const heading = (state, dispatch) =>
  setBlockType(state.selection.$from.parent.type === nodes.heading ? nodes.paragraph : nodes.heading)(state, dispatch);

const listOf = (type) => (state, dispatch) => liftListItem(nodes.list_item)(state) && inList(state, type)
  ? liftListItem(nodes.list_item)(state, dispatch)
  : wrapInList(type)(state, dispatch);

function inList(state, type) {
  const { $from } = state.selection;
  for (let depth = $from.depth; depth > 0; depth -= 1) if ($from.node(depth).type === type) return true;
  return false;
}

const lineBreak = (state, dispatch) => {
  dispatch?.(state.tr.replaceSelectionWith(nodes.hard_break.create()).scrollIntoView());
  return true;
};

const commands = {
  bold: toggleMark(marks.strong),
  italic: toggleMark(marks.em),
  underline: toggleMark(marks.underline),
  heading,
  bullets: listOf(nodes.bullet_list),
  numbers: listOf(nodes.ordered_list),
  indent: sinkListItem(nodes.list_item),
  outdent: liftListItem(nodes.list_item),
  start: align(null),
  center: align("center"),
  end: align("end"),
  justify: align("justify"),
  rtl: direct("rtl"),
  ltr: direct("ltr"),
  table: insert(newTable),
  "page-break": insert(() => nodes.page_break.create()),
  "row-add": addRowAfter,
  "row-remove": deleteRow,
  "column-add": addColumnAfter,
  "column-remove": deleteColumn,
  "head-row": toggleHeaderRow,
  merge: chainCommands(mergeCells, splitCell),
  "table-remove": deleteTable,
  undo,
  redo,
};

// What the toolbar promises; the letters of the Persian keyboard reach it by their place, which `code` names.
const shortcuts = {
  KeyB: "bold", KeyI: "italic", KeyU: "underline", KeyZ: "undo", KeyY: "redo",
};
const shiftShortcuts = {
  KeyH: "heading", Digit7: "numbers", Digit8: "bullets", KeyL: "ltr", KeyR: "rtl", KeyE: "center", KeyJ: "justify",
  KeyZ: "redo",
};

function pressed(view, event) {
  if (!(event.ctrlKey || event.metaKey) || event.altKey) return false;
  const name = (event.shiftKey ? shiftShortcuts : shortcuts)[event.code];
  return Boolean(name) && commands[name](view.state, view.dispatch, view);
}

function isOn(name, state) {
  const { from, $from, to, empty } = state.selection;
  const byMark = { bold: marks.strong, italic: marks.em, underline: marks.underline }[name];
  if (byMark) return empty ? Boolean(byMark.isInSet(state.storedMarks || $from.marks())) : state.doc.rangeHasMark(from, to, byMark);
  const block = $from.parent;
  if (name === "heading") return block.type === nodes.heading;
  if (name === "bullets") return inList(state, nodes.bullet_list);
  if (name === "numbers") return inList(state, nodes.ordered_list);
  if (name === "rtl" || name === "ltr") return block.attrs.dir === name;
  if (name === "center" || name === "end" || name === "justify") return block.attrs.align === name;
  if (name === "start") return !block.attrs.align;
  return false;
}

const toggles = new Set("bold italic underline heading bullets numbers start center end justify rtl ltr".split(" "));

function refresh(field, state) {
  field.querySelector("[data-table-tools]").hidden = !isInTable(state);
  for (const button of field.querySelectorAll("[data-command]")) {
    const name = button.dataset.command;
    if (toggles.has(name)) button.setAttribute("aria-pressed", String(isOn(name, state)));
    else button.setAttribute("aria-disabled", String(!commands[name](state)));
  }
}

// One stop of the Tab key for the whole bar; within it the arrows walk, in the direction of the page.
function walkBar(event) {
  const step = { ArrowRight: 1, ArrowLeft: -1 }[event.key];
  if (!step) return;
  const buttons = [...event.currentTarget.querySelectorAll("button")].filter((one) => one.offsetParent);
  const forward = document.documentElement.dir === "rtl" ? -step : step;
  const next = buttons[(buttons.indexOf(document.activeElement) + forward + buttons.length) % buttons.length];
  for (const one of buttons) one.tabIndex = one === next ? 0 : -1;
  next.focus();
  event.preventDefault();
}

// What comes from another program is cleaned by the server before it is shown; if it cannot be asked the words come alone.
function paste(view, event) {
  const html = event.clipboardData?.getData("text/html");
  if (!html || html.includes("data-pm-slice")) return false;
  const field = view.dom.closest("[data-rich-text]");
  const words = event.clipboardData.getData("text/plain");
  fetch(field.dataset.cleaner, {
    method: "POST",
    body: new URLSearchParams({ html }),
    headers: { "X-CSRFToken": field.dataset.token },
  })
    .then((answer) => (answer.ok && !answer.redirected ? answer.text() : Promise.reject(answer)))
    .then((clean) => view.pasteHTML(write(read(clean))))
    .catch(() => view.pasteText(words));
  return true;
}

function open(field) {
  const area = field.querySelector("textarea");
  const form = field.querySelector("[data-rich-text-form]");
  const paper = field.querySelector("[data-rich-text-paper]");
  const bar = field.querySelector("[role=toolbar]");
  const keep = (state) => {
    area.value = state.doc.textContent || state.doc.childCount > 1 ? write(state.doc) : "";
  };
  const view = new EditorView(paper, {
    state: EditorState.create({
      doc: read(field.querySelector("template").innerHTML),
      plugins: [
        history(),
        keymap({
          Enter: splitListItem(nodes.list_item),
          "Shift-Enter": lineBreak,
          "Mod-Enter": commands["page-break"],
          "Mod-]": commands.indent,
          "Mod-[": commands.outdent,
          Tab: goToNextCell(1),
          "Shift-Tab": goToNextCell(-1),
        }),
        keymap(baseKeymap),
        tableEditing(),
      ],
    }),
    attributes: {
      id: `${area.id}-editor`,
      role: "textbox",
      "aria-multiline": "true",
      "aria-labelledby": `${area.id}-label`,
      ...(area.getAttribute("aria-describedby") && { "aria-describedby": area.getAttribute("aria-describedby") }),
      ...(area.getAttribute("aria-invalid") && { "aria-invalid": "true" }),
    },
    handleKeyDown: pressed,
    // Before the editor reads the clipboard itself: even a document apart would meet styles that the policy forbids.
    handleDOMEvents: {
      paste(shown, event) {
        const taken = paste(shown, event);
        if (taken) event.preventDefault();
        return taken;
      },
    },
    dispatchTransaction(change) {
      view.updateState(view.state.apply(change));
      keep(view.state);
      refresh(field, view.state);
    },
  });
  bar.addEventListener("mousedown", (event) => event.preventDefault());
  bar.addEventListener("keydown", walkBar);
  bar.addEventListener("click", (event) => {
    const button = event.target.closest("[data-command]");
    if (!button) return;
    commands[button.dataset.command](view.state, view.dispatch, view);
    view.focus();
  });
  for (const [number, button] of bar.querySelectorAll("button").entries()) button.tabIndex = number ? -1 : 0;
  field.querySelector("[data-rich-text-plain]").hidden = true;
  area.required = false;
  // The label and the link of an error lead to what is seen.
  area.addEventListener("focus", () => view.focus());
  document.querySelector(`label[for="${CSS.escape(area.id)}"]`)?.addEventListener("click", (event) => {
    event.preventDefault();
    view.focus();
  });
  paper.hidden = false;
  bar.hidden = false;
  form.value = "html";
  keep(view.state);
  refresh(field, view.state);
}

function openAll(root) {
  for (const field of root.querySelectorAll("[data-rich-text]:not([data-open])")) {
    field.dataset.open = "yes";
    open(field);
  }
}

// Two fields on a page bring this script twice; it runs once.
if (!window.divanEditor) {
  window.divanEditor = true;
  openAll(document);
  document.addEventListener("htmx:load", (event) => openAll(event.target));
}
