// A button that opens the browser's print dialogue for the page as it stands.

const VERSION = new URL(import.meta.url).search;
const { addStyles, html } = await import(`./dom.js${VERSION}`);
const buttons = new WeakMap();

export default function printButton({ parentElement, data }) {
  if (!buttons.has(parentElement)) {
    addStyles(parentElement);
    const button = html("button", html("div", parentElement, "figure"));
    button.type = "button";
    button.addEventListener("click", () => window.print());
    buttons.set(parentElement, button);
  }
  buttons.get(parentElement).textContent = data.label;
}
