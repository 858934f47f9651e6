// Entry of the figure component: mounts once, then takes values only.
//
// Streamlit calls the default export again for every change of the data and keeps the parent
// element. The drawing therefore lives in a map keyed by that element, and a call is an update.

// A blob module cannot carry a version to relative imports, but this module has a URL: its own
// ?v=… is handed on, so that no browser mixes an old part with a new one.
const VERSION = new URL(import.meta.url).search;
const { addStyles, html, set, svg, Tip } = await import(`./dom.js${VERSION}`);

const FILES = { map: "./map.js", line: "./charts.js", bar: "./charts.js" };
const CLASSES = { map: "MapFigure", line: "LineFigure", bar: "BarFigure" };
const NO_GEOMETRY = "地図の形を読み込めませんでした。表の表示に切り替えるか、再読み込みしてください。";
const NO_DRAWING = "図を表示できませんでした。表の表示に切り替えるか、再読み込みしてください。";
const NO_PICTURE = "画像を保存できませんでした。もう一度押すか、表をご利用ください。";

const loaded = {};
const figures = new WeakMap();
let count = 0;

class Figure {
  constructor(parent) {
    addStyles(parent);
    this.root = html("div", parent, "figure");
    this.stage = html("div", this.root);
    this.message = html("p", this.root, "message");
    this.message.setAttribute("role", "status");
    this.foot = html("div", this.root, "foot");
    this.live = html("div", this.root, "speak");
    this.live.setAttribute("aria-live", "polite");
    this.uid = `figure-${(count += 1)}`;
    this.tip = new Tip(this.root, () => this.drawing?.tipHidden?.());
    this.watch = new ResizeObserver(() => this.resize());
    this.watch.observe(this.root);
    this.onFont = () => { if (this.drawing?.width) this.drawing.layout(this.drawing.width); };
    document.fonts?.addEventListener("loadingdone", this.onFont);
  }

  /** While a slider of the page moves, show the step the server has computed ahead for it. */
  follow(selector) {
    const slider = selector ? document.querySelector(selector) : null;
    if (slider === this.slider) return;
    this.steps?.disconnect();
    this.slider = slider;
    if (!slider) return;
    this.steps = new MutationObserver(() => { if (this.drawing) this.drawing.update(this.shown()); });
    this.steps.observe(slider, { attributes: true, attributeFilter: ["value"] });
  }

  /** The data as the slider stands now, which may be ahead of the server's last answer. */
  shown() {
    const step = this.data.frames?.[Number(this.slider?.getAttribute("value") ?? -1)];
    return step ? { ...this.data, ...step } : this.data;
  }

  update(data) {
    this.data = data;
    this.follow(data.follow);
    // Ready parts are used at once: no waiting, not even a microtask, on the way of an update.
    try {
      const module = loaded[data.kind];
      const geo = module && data.kind === "map" ? module.geometry(data.geo) : null;
      if (module && !(geo instanceof Promise)) { this.draw(module, geo); return; }
    } catch (error) {
      this.fail(NO_DRAWING, error);
      return;
    }
    this.fetchParts(data);
  }

  async fetchParts(data) {
    const slow = setTimeout(() => { this.message.textContent ||= "読み込み中です。"; }, 1000);
    let words = NO_DRAWING;
    try {
      if (!FILES[data.kind]) throw new Error(`Unknown kind of figure: ${data.kind}`);
      const module = (loaded[data.kind] ||= await import(FILES[data.kind] + VERSION));
      words = NO_GEOMETRY;
      const geo = data.kind === "map" ? await module.geometry(data.geo) : null;
      words = NO_DRAWING;
      if (this.data === data) this.draw(module, geo); // A newer update draws itself.
    } catch (error) {
      if (this.data === data) this.fail(words, error);
    } finally {
      clearTimeout(slow);
    }
  }

  draw(module, geo) {
    const { data } = this;
    if (!this.drawing || this.kind !== data.kind || this.geo !== geo) {
      this.tip.hide();
      this.tip.onMove = null;
      this.stage.replaceChildren();
      [this.kind, this.geo] = [data.kind, geo];
      this.Kind = module[CLASSES[data.kind]];
      this.drawing = new this.Kind({
        svg: svg("svg", this.stage, { class: "drawing" }), uid: this.uid, tip: this.tip,
        speak: (words) => { this.live.textContent = words; },
        pick: (code) => this.send("selected", code ?? ""),
      }, geo);
    }
    this.message.textContent = "";
    this.showButton();
    this.drawing.update(this.shown());
    if (!this.drawing.width) this.resize();
    if (data.rev !== undefined) this.root.dataset.revision = data.rev;
  }

  resize() {
    const width = Math.floor(this.root.clientWidth);
    if (!this.drawing || !width || width === this.drawing.width) return; // Hidden, or only taller.
    this.drawing.layout(width);
  }

  showButton() {
    const wanted = Boolean(this.data.png?.name);
    if (wanted === Boolean(this.button)) return;
    this.foot.replaceChildren();
    this.button = null;
    if (!wanted) return;
    this.button = html("button", this.foot, "", "画像を保存");
    this.button.type = "button";
    this.button.addEventListener("click", () => this.save());
  }

  async save() {
    if (!this.drawing) return;
    this.button.disabled = true;
    try {
      const { savePng } = await import(`./png.js${VERSION}`);
      await savePng(this.Kind, this.geo, this.data, this.uid);
      this.message.textContent = "";
      this.live.textContent = "画像を保存しました。";
    } catch (error) {
      this.message.textContent = NO_PICTURE;
      console.error(error);
    } finally {
      this.button.disabled = false;
    }
  }

  fail(words, error) {
    this.stage.replaceChildren();
    this.drawing = null;
    this.foot.replaceChildren(); // Nothing to save.
    this.button = null;
    this.message.textContent = words;
    set(this.root, "data-revision", null);
    console.error(error);
  }

  destroy() {
    this.watch.disconnect();
    this.steps?.disconnect();
    document.fonts?.removeEventListener("loadingdone", this.onFont);
    this.tip.hide();
    this.root.remove();
  }
}

export default function mount({ data: sent, parentElement, setTriggerValue }) {
  const data = sent instanceof Uint8Array ? JSON.parse(new TextDecoder().decode(sent)) : sent;
  let figure = figures.get(parentElement);
  if (!figure) figures.set(parentElement, (figure = new Figure(parentElement)));
  figure.send = setTriggerValue;
  figure.update(data);
  // Streamlit also calls this when an update overtakes the first one; only a figure that has
  // really left the page may go.
  return () => setTimeout(() => {
    if (figure.root.isConnected) return;
    figure.destroy();
    figures.delete(parentElement);
  });
}
