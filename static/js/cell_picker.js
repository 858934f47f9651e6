// Lets the cells of a table answer to a click and to the keyboard. The table stays plain HTML:
// it reads aloud, prints and copies as before.

const pickers = new WeakMap();

function cellsOf(box) {
  return [...box.querySelectorAll("td[data-cell]")];
}

function neighbour(cell, key) {
  const row = cell.parentElement;
  const place = [...row.children].indexOf(cell);
  const rows = [...row.parentElement.children];
  const line = rows.indexOf(row);
  const steps = {
    ArrowRight: [line, place + 1], ArrowLeft: [line, place - 1],
    ArrowDown: [line + 1, place], ArrowUp: [line - 1, place],
    Home: [line, 1], End: [line, row.children.length - 1],
  };
  const [to, at] = steps[key] ?? [];
  const found = rows[to]?.children[at];
  return found?.dataset.cell === undefined ? null : found;
}

function dress(picker) {
  const cells = cellsOf(picker.box);
  if (!cells.length) return;
  const table = cells[0].closest("table");
  if (table.getAttribute("role") !== "grid") table.setAttribute("role", "grid");
  const current = cells.find((cell) => cell.dataset.cell === picker.selected) ?? cells[0];
  for (const cell of cells) {
    const chosen = String(cell.dataset.cell === picker.selected);
    if (cell.getAttribute("aria-selected") !== chosen) cell.setAttribute("aria-selected", chosen);
    const stop = cell === current ? "0" : "-1";
    if (cell.getAttribute("tabindex") !== stop) cell.setAttribute("tabindex", stop);
  }
}

function build(box) {
  const picker = { box, selected: null, send: null };
  const pick = (cell) => {
    picker.selected = cell.dataset.cell;
    dress(picker);
    cell.focus();
    picker.send("selected", picker.selected);
  };
  box.addEventListener("click", (event) => {
    const cell = event.target.closest("td[data-cell]");
    if (cell) pick(cell);
  });
  box.addEventListener("keydown", (event) => {
    const cell = event.target.closest?.("td[data-cell]");
    if (!cell || event.isComposing) return;
    if (event.key === "Enter" || event.key === " ") {
      event.preventDefault();
      pick(cell);
      return;
    }
    const next = neighbour(cell, event.key);
    if (!next) return;
    event.preventDefault();
    cell.setAttribute("tabindex", "-1");
    next.setAttribute("tabindex", "0");
    next.focus();
  });
  // A rerun may put a new table into the box.
  new MutationObserver(() => dress(picker)).observe(box, { childList: true, subtree: true });
  return picker;
}

export default function mount({ data, setTriggerValue }) {
  const box = document.querySelector(data.box);
  if (!box) return;
  if (!pickers.has(box)) pickers.set(box, build(box));
  const picker = pickers.get(box);
  picker.send = setTriggerValue;
  picker.selected = data.selected;
  dress(picker);
}
