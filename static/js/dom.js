// Shared by every figure: small DOM helpers, the style sheet and the tooltip.
// Nothing here parses HTML: text from data only ever goes through textContent.

const NS = "http://www.w3.org/2000/svg";
export const FONT = "'Noto Sans JP','BIZ UDPGothic','Meiryo',sans-serif";
export const MIN_TEXT = 14;

/** Write one attribute, but only when it differs: an update costs what has changed. */
export function set(node, name, value) {
  const known = (node._known ||= {});
  if (known[name] === value) return;
  known[name] = value;
  if (value === null || value === undefined) node.removeAttribute(name);
  else node.setAttribute(name, value);
}

export function setAll(node, attributes) {
  for (const name in attributes) set(node, name, attributes[name]);
  return node;
}

export function setText(node, text) {
  if (node._text === text) return;
  node._text = text;
  node.textContent = text;
}

export function svg(tag, parent, attributes) {
  const node = document.createElementNS(NS, tag);
  if (attributes) setAll(node, attributes);
  if (parent) parent.appendChild(node);
  return node;
}

export function html(tag, parent, className, text) {
  const node = document.createElement(tag);
  if (className) node.className = className;
  if (text !== undefined) node.textContent = text;
  if (parent) parent.appendChild(node);
  return node;
}

/** Nodes handed out in drawing order and reused by the next drawing; leftovers are removed. */
export function pool(parent, tag) {
  const nodes = [];
  let used = 0;
  return {
    begin() { used = 0; },
    next(attributes, text) {
      const node = nodes[used] || (nodes[used] = svg(tag, parent));
      used += 1;
      setAll(node, attributes);
      if (text !== undefined) setText(node, text);
      return node;
    },
    end() { while (nodes.length > used) nodes.pop().remove(); },
  };
}

const pen = document.createElement("canvas").getContext("2d");
const widths = new Map(); // text → width in em; forgotten when a web font arrives
/** Width of a text in px, measured beside the page so that no layout is forced. */
export function textWidth(text, size) {
  let em = widths.get(text);
  if (em === undefined) {
    pen.font = `100px ${FONT}`;
    em = pen.measureText(text).width / 100;
    if (widths.size > 5000) widths.clear(); // A wall display runs for weeks.
    widths.set(text, em);
  }
  return em * size;
}
document.fonts?.addEventListener("loadingdone", () => widths.clear());

/** Break a text into lines of at most `width` px (Japanese may break between any two letters). */
export function wrap(text, width, size, maxLines = 99) {
  const lines = [];
  for (const paragraph of String(text).split("\n")) {
    let line = "";
    for (const c of paragraph) {
      if (line && textWidth(line + c, size) > width) {
        // A line must not begin with closing punctuation (行頭禁則): take a letter along.
        const keep = line.length > 1 && "、。，．）」』】・ー％".includes(c) ? -1 : line.length;
        lines.push(line.slice(0, keep));
        line = line.slice(keep);
      }
      line += c;
    }
    lines.push(line);
  }
  if (lines.length <= maxLines) return lines;
  const kept = lines.slice(0, maxLines);
  kept[maxLines - 1] = kept[maxLines - 1].slice(0, -1) + "…";
  return kept;
}

export const formatNumber = (value, digits) =>
  value.toLocaleString("ja-JP", digits === undefined ? { maximumFractionDigits: 3 }
    : { minimumFractionDigits: digits, maximumFractionDigits: digits });

/** Black or white, whichever is easier to read on a #rrggbb colour (WCAG relative luminance). */
export function inkOn(color) {
  const channel = (i) => {
    const c = parseInt(color.slice(i, i + 2), 16) / 255;
    return c <= 0.04045 ? c / 12.92 : ((c + 0.055) / 1.055) ** 2.4;
  };
  const luminance = 0.2126 * channel(1) + 0.7152 * channel(3) + 0.0722 * channel(5);
  return luminance > 0.179 ? "#000000" : "#ffffff";
}

/**
 * A hatch or dot pattern that keeps its size on screen.
 * `zoom` is the scale of the group that uses it; the pattern is scaled back by it.
 */
export function hatch(defs, id, kind, ink, zoom = 1) {
  const known = defs.querySelector(`[id="${id}"]`);
  const node = known || svg("pattern", defs, { id, patternUnits: "userSpaceOnUse" });
  const size = kind === "holes" ? 9 : 8;
  const back = zoom === 1 ? "" : `scale(${1 / zoom})`;
  setAll(node, { width: size, height: size,
    patternTransform: kind === "diagonal" ? `${back} rotate(45)` : back || null });
  if (node._kind !== kind + ink) {
    node._kind = kind + ink;
    node.replaceChildren();
    if (kind === "diagonal") svg("rect", node, { width: 2, height: size, fill: ink, opacity: 0.4 });
    else for (const at of [[0.25, 0.25], [0.75, 0.75]]) {
      svg("circle", node, { cx: at[0] * size, cy: at[1] * size, r: kind === "holes" ? 1.7 : 1.3,
        fill: ink, opacity: kind === "holes" ? 1 : 0.55 });
    }
  }
  return `url(#${id})`;
}

// Marks are paths of radius 1 around 0: they look the same in every font, and on machines whose
// font lacks or shrinks such signs. Inner contours are holes (even-odd).
const disc = (r) => `M${-r} 0a${r} ${r} 0 1 0 ${2 * r} 0a${r} ${r} 0 1 0${-2 * r} 0Z`;
const MARKS = {
  circle: disc(1),
  square: "M-.9-.9H.9V.9H-.9Z",
  triangle: "M0-1.15L1.1.85H-1.1Z",
  diamond: "M0-1.3L1.3 0 0 1.3-1.3 0Z",
  star: "M0-1.2L.35-.4 1.2-.37.54.17.76 1 0 .52-.76 1-.54.17-1.2-.37-.35-.4Z",
};
const SIGNS = {
  "●": MARKS.circle, "○": disc(1) + disc(0.74), "◎": disc(1) + disc(0.76) + disc(0.42),
  "◐": `${disc(1)}M0-.78A.78.78 0 0 1 0 .78Z`, "◑": `${disc(1)}M0-.78A.78.78 0 0 0 0 .78Z`,
  "■": MARKS.square, "□": `${MARKS.square}M-.64-.64V.64H.64V-.64Z`,
  "▲": MARKS.triangle, "△": `${MARKS.triangle}M0-.58L-.64.57H.64Z`,
  "◆": MARKS.diamond, "◇": `${MARKS.diamond}M0-.9L-.9 0 0 .9.9 0Z`,
  "★": MARKS.star, "－": "M-.85-.15H.85V.15H-.85Z",
};
/** The path of a sign such as ●, or "" where only its letter can be written. */
export const signPath = (sign) => SIGNS[sign] || "";
/** Attributes of a mark drawn as a path (so its size does not depend on the font). */
export const markAt = (kind, x, y, radius) => ({
  d: MARKS[kind] || MARKS.circle, transform: `translate(${x},${y}) scale(${radius})`,
});

// The drawing's own rules. They travel into the saved picture too, where Streamlit's variables are
// missing and the light fallbacks apply.
export const DRAWING_CSS = `
svg.drawing{display:block;overflow:visible;font-family:${FONT};
 --ink:var(--st-text-color,#1a1a1a);--paper:var(--st-background-color,#ffffff);
 --grid:#e6e6e6;--axis:#767676}
@supports (color:color-mix(in srgb,red,blue)){svg.drawing{
 --grid:color-mix(in srgb,var(--ink) 11%,var(--paper));
 --axis:color-mix(in srgb,var(--ink) 60%,var(--paper))}}
svg.drawing text{font-size:14px}
svg.drawing :is(text,.sign):not(.on-fill){fill:var(--ink)}
svg.drawing .paper{fill:var(--paper)}
svg.drawing .edge{fill:none}
svg.drawing .thin{vector-effect:non-scaling-stroke}
svg.drawing .grid{stroke:var(--grid);stroke-width:1;shape-rendering:crispEdges}
svg.drawing .axis{stroke:var(--axis);stroke-width:1;shape-rendering:crispEdges}
svg.drawing .rim{paint-order:stroke;stroke-linejoin:round}
`;

const PAGE_CSS = `
:host{display:block}
.figure{position:relative;width:100%;font-family:${FONT};font-size:14px;line-height:1.5;
 color:var(--st-text-color,#1a1a1a)}
.figure *{box-sizing:border-box}
${DRAWING_CSS}
svg.drawing:focus{outline:none}
svg.drawing:focus-visible{outline:3px solid #000;outline-offset:2px;box-shadow:0 0 0 3px #ffd43d}
[data-code]{outline:none}
.pick [data-code]{cursor:pointer}
.pick [data-code]:hover .edge{stroke:#1a1a1a;stroke-width:2}
.over{pointer-events:none}
.speak{position:absolute;width:1px;height:1px;overflow:hidden;clip-path:inset(50%);
 white-space:nowrap}
@media print{svg.drawing{width:100%;height:auto}.foot{display:none}}
.message{margin:0;padding:12px 16px;border:1px solid #767676;border-radius:8px;font-size:16px}
.message:empty,.foot:empty{display:none}
.foot{display:flex;justify-content:flex-end;align-items:center;gap:12px;margin-top:8px}
button{min-height:32px;padding:4px 12px;border:1px solid var(--st-text-color,#1a1a1a);
 border-radius:8px;background:transparent;color:inherit;font:inherit;font-size:14px;cursor:pointer}
button:hover{background:var(--st-secondary-background-color,#f2f2f2)}
button:focus-visible{outline:3px solid #000;outline-offset:3px;box-shadow:0 0 0 3px #ffd43d}
button:disabled{opacity:.65;cursor:progress}
.tip{position:fixed;inset:auto;margin:0;max-width:min(320px,calc(100vw - 16px));padding:8px 12px;
 border:1px solid #1a1a1a;border-radius:8px;background:#fff;color:#1a1a1a;font-family:${FONT};
 font-size:14px;line-height:1.5;box-shadow:0 2px 8px rgba(0,0,0,.25);z-index:1000}
.tip:not(.open){display:none}
.tip b{display:block;font-weight:700}
.tip div{white-space:pre-line;overflow-wrap:anywhere}
.tip .pair{display:flex;justify-content:space-between;gap:16px}
.tip .pair i{flex:none;width:12px;height:12px;margin:5px -8px 0 0;border:1px solid #767676}
.tip .pair span{flex:1}
@media print{.foot{display:none}}
`;

let sheet;
/** Give a shadow root the style sheet; all instances share one parsed copy. */
export function addStyles(parent) {
  try {
    if (!sheet) { sheet = new CSSStyleSheet(); sheet.replaceSync(PAGE_CSS); }
    parent.adoptedStyleSheets = [...parent.adoptedStyleSheets, sheet];
  } catch {
    html("style", parent, "", PAGE_CSS);
  }
}

/**
 * A tooltip in the browser's top layer, so that no container can clip it.
 * It stays while the pointer is on it and goes on Escape, wherever the keyboard focus is.
 */
export class Tip {
  constructor(root, onHide) {
    this.onHide = onHide;
    this.box = html("div", root, "tip");
    this.box.setAttribute("aria-hidden", "true"); // The same words are in the aria-label.
    if (this.box.showPopover) this.box.popover = "manual";
    this.box.addEventListener("pointerenter", () => clearTimeout(this.timer));
    this.box.addEventListener("pointerleave", () => this.hideSoon());
    this.box.addEventListener("pointermove", (event) => this.onMove?.(event));
    this.onKey = (event) => {
      if (event.key !== "Escape") return;
      this.hide();
      event.stopPropagation(); // The first Escape does nothing but close the tooltip.
    };
    this.onScroll = () => this.place();
    // A finger cannot leave: a touch elsewhere closes the tooltip.
    this.onPress = (event) => { if (!event.composedPath().includes(root)) this.hide(); };
  }

  get open() { return this.box.classList.contains("open"); }

  /** `title` is text; each line is a text or {color, name, value}; `anchor()` gives a rectangle. */
  show(title, lines, anchor, side = "above") {
    clearTimeout(this.timer);
    this.anchor = anchor;
    this.side = side;
    this.box.replaceChildren();
    html("b", this.box, "", title);
    for (const line of lines) {
      if (typeof line === "string") { html("div", this.box, "", line); continue; }
      const pair = html("div", this.box, "pair");
      html("i", pair).style.background = line.color;
      html("span", pair, "", line.name);
      html("span", pair, "", line.value).style.flex = "none";
    }
    if (!this.open) {
      this.box.classList.add("open");
      if (this.box.popover) this.box.showPopover();
      document.addEventListener("keydown", this.onKey, true);
      document.addEventListener("pointerdown", this.onPress, true);
      addEventListener("scroll", this.onScroll, { capture: true, passive: true });
    }
    this.place();
  }

  place() {
    const at = this.anchor();
    const { offsetWidth: w, offsetHeight: h } = this.box;
    const [pageW, pageH] = [document.documentElement.clientWidth, innerHeight];
    let left = at.left + at.width / 2 - w / 2;
    let top = at.top - h - 8;
    if (this.side === "beside") {
      left = at.right + 16 + w > pageW - 8 ? at.left - 16 - w : at.right + 16;
      top = at.top;
    } else if (top < 8) top = at.bottom + 8;
    this.box.style.left = `${Math.max(8, Math.min(left, pageW - w - 8))}px`;
    this.box.style.top = `${Math.max(8, Math.min(top, pageH - h - 8))}px`;
  }

  /** Leave time for the pointer to travel from the target into the tooltip. */
  hideSoon(event) {
    if (event?.pointerType === "touch") return;
    clearTimeout(this.timer);
    this.timer = setTimeout(() => this.hide(), 200);
  }

  hide() {
    clearTimeout(this.timer);
    if (!this.open) return;
    this.box.classList.remove("open");
    if (this.box.popover && this.box.matches(":popover-open")) this.box.hidePopover();
    document.removeEventListener("keydown", this.onKey, true);
    document.removeEventListener("pointerdown", this.onPress, true);
    removeEventListener("scroll", this.onScroll, { capture: true });
    this.onHide?.();
  }
}
