// 「画像を保存」 for a Plotly chart or a table: the same sheet, fonts and file name as for our own drawings.

const VERSION = new URL(import.meta.url).search;
const { addStyles, html } = await import(`./dom.js${VERSION}`);
const NO_PICTURE = "画像を保存できませんでした。もう一度押すか、表をご利用ください。";
const parts = new WeakMap();

function build(parent) {
  addStyles(parent);
  const foot = html("div", html("div", parent, "figure"), "foot");
  const message = html("p", foot, "message");
  message.setAttribute("role", "status");
  const button = html("button", foot, "", "画像を保存");
  button.type = "button";
  const part = { data: null };
  button.addEventListener("click", async () => {
    button.disabled = true;
    message.textContent = "";
    try {
      const { saveBox } = await import(`./png.js${VERSION}`);
      await saveBox(document.querySelector(part.data.box), part.data.png);
    } catch (error) {
      message.textContent = NO_PICTURE;
      console.error(error);
    } finally {
      button.disabled = false;
    }
  });
  return part;
}

export default function pngButton({ parentElement, data }) {
  if (!parts.has(parentElement)) parts.set(parentElement, build(parentElement));
  parts.get(parentElement).data = data;
}
