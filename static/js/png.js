// 「画像を保存」: the figure as a PNG with its title, legend and source, made in the browser alone.
// Loaded only when the button is pressed.

const VERSION = new URL(import.meta.url).search;
const { DRAWING_CSS, FONT, hatch, markAt, setAll, signPath, setText, svg, textWidth, wrap } =
  await import(`./dom.js${VERSION}`);

const WIDTH = 1200, MARGIN = 40, SCALE = 2;

/** A local web font as a data URI; without the file the machine's own fonts draw the picture. */
async function fontRule(weight) {
  try {
    const path = `app/static/fonts/NotoSansJP-${weight}-basic.woff2`;
    const reply = await fetch(new URL(path, document.baseURI));
    if (!reply.ok) return "";
    const blob = await reply.blob();
    const uri = await new Promise((done, fail) => {
      const reader = new FileReader();
      reader.onload = () => done(reader.result);
      reader.onerror = () => fail(reader.error);
      reader.readAsDataURL(blob);
    });
    return `@font-face{font-family:'Noto Sans JP';font-weight:${weight};`
      + `src:url(${uri}) format('woff2')}`;
  } catch {
    return "";
  }
}

/** An empty sheet with title and subtitle; `close` adds the source below the drawing. */
async function sheet(texts) {
  const page = svg("svg", null, { xmlns: "http://www.w3.org/2000/svg", class: "drawing" });
  const style = svg("style", page);
  style.textContent = (await Promise.all([fontRule(400), fontRule(700)])).join("") + DRAWING_CSS;
  const ground = svg("rect", page, { x: 0, y: 0, fill: "#ffffff" });
  let y = MARGIN;
  const write = (text, size, weight, color) => {
    for (const line of wrap(text || "", WIDTH - 2 * MARGIN, size)) {
      if (!line) continue;
      y += size * 1.4;
      setText(svg("text", page, { x: MARGIN, y: y - size * 0.3,
        style: `font-size:${size}px;font-weight:${weight};fill:${color}` }), line);
    }
  };
  write(texts.title, 30, 700, "#1a1a1a");
  write(texts.subtitle, 18, 400, "#333333");
  const close = (bottom) => {
    y = bottom + 16;
    write(texts.source, 16, 400, "#4d4d4d");
    y += MARGIN - 8;
    setAll(ground, { width: WIDTH, height: y });
    setAll(page, { width: WIDTH * SCALE, height: y * SCALE, viewBox: `0 0 ${WIDTH} ${y}` });
  };
  return { page, top: y + 16, close };
}

/** The standalone picture of one of our own drawings, as an SVG element. */
export async function picture(Kind, extra, data, uid) {
  const { page, top, close } = await sheet(data.png);
  let y = top;
  const inner = svg("svg", page, { class: "drawing" });
  const room = WIDTH - 2 * MARGIN;
  const figure = new Kind({ svg: inner, uid: `${uid}-png` }, extra, true);
  figure.update({ ...data, selected: null, selectable: false,
    maxHeight: data.kind === "map" ? 1100 : undefined });
  const height = figure.layout(room);
  if (figure.legend && data.kind === "map") {
    y = legend(page, figure.legend(), y, room, `${uid}-key`);
  }
  setAll(inner, { x: MARGIN, y, width: room, height });
  close(y + height);
  // Non-scaling strokes count in pixels of the picture, everything else in its own units.
  for (const node of inner.querySelectorAll(".thin[stroke-width]")) {
    for (const name of ["stroke-width", "stroke-dasharray"]) {
      const value = node.getAttribute(name);
      if (value) node.setAttribute(name, value.split(" ").map((k) => k * SCALE).join(" "));
    }
  }
  return page;
}

/** The standalone picture of a Plotly chart: its own SVG layers on our sheet. */
async function plotPicture(plot, texts) {
  const { page, top, close } = await sheet(texts);
  const { width, height } = plot.getBoundingClientRect();
  const room = WIDTH - 2 * MARGIN;
  const scale = room / width;
  for (const layer of plot.querySelectorAll("svg.main-svg")) {
    const copy = layer.cloneNode(true);
    copy.querySelectorAll(".hoverlayer *").forEach((node) => node.remove());
    setAll(copy, { x: MARGIN, y: top, width: room, height: height * scale,
      viewBox: `0 0 ${width} ${height}` });
    copy.style.background = "none"; // The layers lie upon each other.
    page.appendChild(copy);
  }
  close(top + height * scale);
  return page;
}

const CELL = { size: 16, line: 22, pad: 8 };

/** What a cell shows: its sign where it has one (the word beside it is for reading aloud). */
function cellText(cell) {
  const sign = cell.querySelector("[aria-hidden=true]");
  return (sign || cell).innerText.trim();
}

/** The bands behind a cell, as [colour, share]. */
function bandsOf(cell) {
  const bands = cell.dataset.fill?.split(" ") ?? [];
  return bands.map((band) => band.split(":")).map(([colour, share]) => [colour, Number(share ?? 1)]);
}

/** The signs and tints of a grid on one line or more; returns where the drawing goes on. */
function signs(page, items, top, room) {
  let [x, y] = [MARGIN, top];
  for (const item of items) {
    const [colour] = bandsOf(item)[0] ?? [];
    const text = colour ? item.innerText.trim() : item.innerText.trim().replace(/\s+/g, " ");
    const w = (colour ? 28 : 0) + textWidth(text, CELL.size) + 24;
    if (x > MARGIN && x + w > MARGIN + room) { x = MARGIN; y += CELL.line; }
    if (colour) {
      svg("rect", page, { x, y: y + 2, width: 20, height: 18, fill: colour, stroke: "#767676" });
    }
    setText(svg("text", page, { x: x + (colour ? 28 : 0), y: y + 0.75 * CELL.line,
      style: `font-size:${CELL.size}px;fill:#333333` }), text);
    x += w;
  }
  return y + (items.length ? CELL.line + CELL.pad : 0);
}

/** The standalone picture of a table: for grids of signs, and for figures that are a table. */
async function tablePicture(table, texts) {
  const { page, top, close } = await sheet(texts);
  const rows = [...table.rows].map((row) => [...row.cells].map((cell) => ({
    text: cellText(cell), head: cell.tagName === "TH", centre: Boolean(cell.closest(".gs-matrix")),
    bands: bandsOf(cell),
  })));
  const room = WIDTH - 2 * MARGIN;
  const entries = table.closest("[data-testid=stHtml]")?.querySelectorAll(".gs-legend li") ?? [];
  const longest = rows[0].map((_, k) => Math.max(...rows.map((row) => Math.max(
    ...(row[k]?.text ?? "").split("\n").map((part) => textWidth(part, CELL.size))))));
  // Short columns keep their width, long ones share what is left.
  const wanted = longest.map((w) => Math.min(w, 360) + 2 * CELL.pad);
  const scale = room / wanted.reduce((sum, w) => sum + w, 0);
  const widths = wanted.map((w) => w * scale);
  let y = signs(page, entries, top, room);
  for (const row of rows) {
    const lines = row.map((cell, k) => cell.text.split("\n")
      .flatMap((part) => wrap(part, widths[k] - 2 * CELL.pad, CELL.size)));
    const height = Math.max(...lines.map((part) => part.length), 1) * CELL.line + CELL.pad;
    if (row === rows[0]) svg("rect", page, { x: MARGIN, y, width: room, height, fill: "#f1f1f4" });
    let x = MARGIN;
    row.forEach((cell, k) => {
      const middle = cell.centre && k > 0;
      let left = x;
      for (const [fill, share] of cell.bands) {
        svg("rect", page, { x: left, y, width: widths[k] * share, height, fill });
        left += widths[k] * share;
      }
      lines[k].forEach((part, n) => setText(svg("text", page, {
        x: middle ? x + widths[k] / 2 : x + CELL.pad, y: y + CELL.pad / 2 + (n + 0.75) * CELL.line,
        "text-anchor": middle ? "middle" : "start",
        style: `font-size:${CELL.size}px;font-weight:${cell.head ? 700 : 400};fill:#1a1a1a`,
      }), part));
      x += widths[k];
    });
    y += height;
    svg("path", page, { d: `M${MARGIN} ${y}h${room}`, stroke: "#cccccc", fill: "none" });
  }
  close(y);
  return page;
}

function legend(page, entries, top, room, uid) {
  const size = 16;
  const defs = svg("defs", page);
  let [x, y] = [MARGIN, top];
  entries.forEach((entry, k) => {
    const w = 36 + textWidth(entry.text, size) + 28;
    if (x > MARGIN && x + w > MARGIN + room) { x = MARGIN; y += 34; }
    const box = `M${x} ${y}h26v26h-26Z`;
    if (entry.star) svg("path", page, { ...markAt("star", x + 13, y + 13, 10), fill: "#1a1a1a" });
    else {
      const { fill, ink, mark, border, dashed, hatch: kind } = entry.state;
      const lower = `M${x} ${y + 12}L${x + 26} ${y + 15}V${y + 26}H${x}Z`;
      svg("path", page, { fill, d: entry.half ? lower : box });
      const cover = entry.hatch && hatch(defs, `${uid}-${k}`, kind || "holes",
        kind ? ink || "#000000" : "#ffffff");
      if (cover) svg("path", page, { d: box, fill: cover });
      svg("path", page, { d: box, fill: "none", stroke: border || "#767676",
        "stroke-dasharray": dashed ? "4 3" : null });
      const drawn = signPath(mark);
      if (drawn) svg("path", page, { d: drawn, fill: ink || "#000000", "fill-rule": "evenodd",
        transform: `translate(${x + 13},${y + 13}) scale(7)` });
      else setText(svg("text", page, { x: x + 13, y: y + 19, class: "on-fill",
        fill: ink || "#000000", "text-anchor": "middle",
        style: `font-size:${size}px;font-weight:700` }), mark || "");
    }
    setText(svg("text", page, { x: x + 36, y: y + 19, style: `font-size:${size}px` }), entry.text);
    x += w;
  });
  return y + 46;
}

/** Draw a picture on a canvas and hand it to the browser's download. */
async function download(page, name) {
  const [width, height] = [page.getAttribute("width"), page.getAttribute("height")].map(Number);
  page.setAttribute("font-family", FONT);
  const source = new Blob([new XMLSerializer().serializeToString(page)], { type: "image/svg+xml" });
  // A data URI, not a blob URL: some browsers refuse to read a canvas that drew an SVG blob.
  const uri = await new Promise((done) => {
    const reader = new FileReader();
    reader.onload = () => done(reader.result);
    reader.readAsDataURL(source);
  });
  const image = new Image();
  image.src = uri;
  await image.decode();
  const canvas = document.createElement("canvas");
  [canvas.width, canvas.height] = [width, height];
  canvas.getContext("2d").drawImage(image, 0, 0, canvas.width, canvas.height);
  const png = await new Promise((done) => canvas.toBlob(done, "image/png"));
  if (!png) throw new Error("The canvas gave no picture.");
  const link = document.createElement("a");
  link.href = URL.createObjectURL(png);
  link.download = name || "図.png";
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), 60000);
}

/** Save one of our own drawings. */
export async function savePng(Kind, extra, data, uid) {
  await download(await picture(Kind, extra, data, uid), data.png.name);
}

/** Save what a box of the page holds: a Plotly chart, or else a table. */
export async function saveBox(box, texts) {
  const plot = box.querySelector(".js-plotly-plot");
  const picture = plot ? plotPicture(plot, texts) : tablePicture(box.querySelector("table"), texts);
  await download(await picture, texts.name);
}
