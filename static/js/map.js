// The map of the 47 prefectures: the outline map (地図) and the tile map (タイル地図).
// Geometry is fetched once per page; an update carries one letter per prefecture and touches only
// the prefectures whose letter changed.

const VERSION = new URL(import.meta.url).search;
const { hatch, markAt, pool, set, setAll, setText, signPath, svg, textWidth, MIN_TEXT } =
  await import(`./dom.js${VERSION}`);

export const PARTIAL = 1, DIMMED = 2, STARRED = 4;
const STEPS = { ArrowRight: [1, 0], ArrowLeft: [-1, 0], ArrowDown: [0, 1], ArrowUp: [0, -1] };
const HALO = "#ffffff", DARK = "#1a1a1a", BORDER = "#767676";

const shapes = new Map(); // URL of a geometry file → prepared geometry, or the promise of it

/** The geometry behind a URL: ready (object) or on its way (promise). A failure may be retried. */
export function geometry(url) {
  if (!shapes.has(url)) {
    shapes.set(url, fetch(new URL(url, document.baseURI))
      .then((reply) => {
        if (!reply.ok) throw new Error(`HTTP ${reply.status}`);
        return reply.json();
      })
      .then((json) => { const ready = prepare(json); shapes.set(url, ready); return ready; })
      .catch((error) => { shapes.delete(url); throw error; }));
  }
  return shapes.get(url);
}

function prepare(json) {
  const list = [...json.prefectures].sort((a, b) => (a.code < b.code ? -1 : 1));
  const least = (key) => Math.min(...list.map((p) => p[key]));
  const [row0, col0] = [least("row"), least("col")];
  for (const p of list) {
    p.tile = [p.col - col0, p.row - row0];
    const rings = readPath(p.path);
    p.room = clearance(rings, p.label);
    p.body = rings.map(boxOf).sort((a, b) => b[2] * b[3] - a[2] * a[3])[0];
  }
  return { list, box: json.view_box, inset: json.inset_line || [],
    cols: Math.max(...list.map((p) => p.tile[0])) + 1,
    rows: Math.max(...list.map((p) => p.tile[1])) + 1 };
}

/** Rings of a path made of straight lines (M L H V Z, absolute or relative). */
function readPath(d) {
  const rings = [];
  let ring, x = 0, y = 0, start = [0, 0];
  for (const [, command, rest] of d.matchAll(/([a-z])([^a-z]*)/gi)) {
    const numbers = (rest.match(/-?(?:\d*\.\d+|\d+)/g) || []).map(Number);
    const relative = command !== command.toUpperCase();
    const kind = command.toUpperCase();
    if (kind === "Z") { [x, y] = start; continue; }
    const step = kind === "H" || kind === "V" ? 1 : 2;
    for (let i = 0; i + step <= numbers.length; i += step) {
      const [a, b] = [numbers[i], numbers[i + 1]];
      if (kind === "H") x = relative ? x + a : a;
      else if (kind === "V") y = relative ? y + a : a;
      else { x = relative ? x + a : a; y = relative ? y + b : b; }
      if (kind === "M" && i === 0) { start = [x, y]; rings.push((ring = [])); }
      ring.push([x, y]);
    }
  }
  return rings;
}

/** Distance from a point to the nearest border: the room there is for a mark. */
function clearance(rings, [px, py]) {
  let best = Infinity;
  for (const ring of rings) {
    for (let i = 0; i < ring.length; i += 1) {
      const [ax, ay] = ring[i], [bx, by] = ring[(i + 1) % ring.length];
      const [dx, dy] = [bx - ax, by - ay];
      const along = dx || dy ? ((px - ax) * dx + (py - ay) * dy) / (dx * dx + dy * dy) : 0;
      const t = Math.max(0, Math.min(1, along));
      best = Math.min(best, Math.hypot(px - ax - t * dx, py - ay - t * dy));
    }
  }
  return best;
}

function boxOf(ring) {
  const [xs, ys] = [ring.map((p) => p[0]), ring.map((p) => p[1])];
  const [x, y] = [Math.min(...xs), Math.min(...ys)];
  return [x, y, Math.max(...xs) - x, Math.max(...ys) - y];
}

const NO_STATE = { label: "", fill: "#ffffff", ink: "#000000" };

/** What the letters of an update say about prefecture number `i`. */
function valueOf(data, i, code) {
  const state = data.states[parseInt(data.s[i], 36)] || NO_STATE;
  const flags = data.f ? parseInt(data.f[i], 36) || 0 : 0;
  return { state, flags, text: data.texts?.[code] || "", note: data.notes?.[code] || "" };
}

const flagWords = (data, flags) => [
  flags & PARTIAL ? data.partialLabel || "一部の地域" : "",
  flags & STARRED ? data.starLabel || "★印" : "",
  flags & DIMMED ? "絞り込みの対象外" : "",
].filter(Boolean);

export class MapFigure {
  /** host: {svg, uid, tip, speak(text), pick(code)}; `still`: for a picture, nothing to operate. */
  constructor(host, geo, still = false) {
    Object.assign(this, { host, geo, still, items: [], cursor: 0, selected: null });
    const root = host.svg;
    this.defs = svg("defs", root);
    this.inset = svg("path", root, { fill: "none", stroke: BORDER, "stroke-width": 1 });
    const body = svg("g", root);
    for (const place of geo.list) {
      const g = svg("g", body, { "data-code": place.code });
      const shape = svg("g", g);
      const [paper, fill, cover, edge] = ["paper", "", "", "edge thin"].map(
        (name) => svg("path", shape, { class: name || null }));
      const sign = svg("path", g, { "fill-rule": "evenodd" });
      this.items.push({ place, g, shape, paper, fill, cover, edge, sign, texts: [] });
    }
    this.over = svg("g", root, { class: "over" });
    // Casing, ring and outline share one shape and lie above every neighbour.
    const ring = svg("g", this.over);
    this.rings = ["#000000", "#ffd43d", HALO, DARK].map((stroke) => svg("path", ring,
      { class: "thin", fill: "none", stroke, "stroke-linejoin": "round", visibility: "hidden" }));
    this.focusRing = this.rings.slice(0, 2);
    this.selectRing = this.rings.slice(2);
    this.stars = pool(svg("g", this.over), "path");
    if (!still) this.listen();
  }

  // ---- values ------------------------------------------------------------------------------

  update(data) {
    const before = this.data;
    this.data = data;
    const selectable = Boolean(data.selectable) && !this.still;
    const whole = !before || before.view !== data.view || before.maxHeight !== data.maxHeight
      || Boolean(before.texts) !== Boolean(data.texts)
      || JSON.stringify(before.states) !== JSON.stringify(data.states);
    if (!before || this.selectable !== selectable) this.setRole(selectable);
    set(this.host.svg, "aria-label", data.label || "");
    // Only a change coming from Python moves the selection: an answer to an older run must not
    // undo the click made since.
    const incoming = data.selected ?? null;
    if (!before || incoming !== this.fromPython) this.showSelected(incoming);
    this.fromPython = incoming;
    if (whole) this.prepareStates();
    if (!this.width) return;
    if (whole) { this.layout(this.width); return; }
    let starsMoved = false;
    this.items.forEach((item, i) => {
      const code = item.place.code;
      if (before.s[i] === data.s[i] && before.f?.[i] === data.f?.[i]
        && before.texts?.[code] === data.texts?.[code]
        && before.notes?.[code] === data.notes?.[code]) return;
      starsMoved ||= ((before.f?.[i] ^ data.f?.[i]) & STARRED) !== 0;
      this.paint(item, i);
    });
    if (starsMoved) this.paintStars();
    if (this.host.tip?.open && this.tipItem) this.tell(this.tipItem);
  }

  /** Patterns are made per instance, because their ids live in one page. */
  prepareStates() {
    const zoom = this.view?.zoom || 1;
    const { uid } = this.host;
    this.hatches = this.data.states.map((state, k) => (state.hatch
      ? hatch(this.defs, `${uid}-${k}`, state.hatch, state.ink || "#000000", zoom) : null));
    this.holes = hatch(this.defs, `${uid}-part`, "holes", HALO, zoom);
  }

  setRole(selectable) {
    this.selectable = selectable;
    const root = this.host.svg;
    set(root, "role", selectable ? "group" : "img");
    set(root, "tabindex", selectable || this.still ? null : "0");
    root.classList.toggle("pick", selectable);
    this.items.forEach(({ g, place }, i) => setAll(g, selectable
      ? { role: "button", tabindex: i === this.cursor ? "0" : "-1",
        "aria-pressed": String(place.code === this.selected) }
      : { role: null, tabindex: null, "aria-pressed": null, "aria-label": null }));
  }

  paint(item, i) {
    const { place, fill, cover, edge, g } = item;
    const { state, flags, text, note } = valueOf(this.data, i, place.code);
    set(g, "data-mark", state.mark || null);
    const tile = this.data.view === "tile";
    const partial = flags & PARTIAL, dim = flags & DIMMED;
    const shown = this.view.shape(place, partial);
    const overlay = this.hatches[this.data.states.indexOf(state)]
      || (partial && !tile && this.holes);
    set(fill, "d", shown.fill);
    setAll(fill, { fill: state.fill, "fill-opacity": dim ? 0.22 : null });
    setAll(cover, { d: overlay ? shown.fill : "", fill: overlay || "none",
      opacity: dim ? 0.5 : null });
    const dashed = state.dashed && this.view.roomy(place); // Dashes round an islet are only noise.
    // On the outline map one grey for all: in its own colour, a border between equals would vanish.
    const border = (tile && state.border) || BORDER;
    setAll(edge, { stroke: dim && !state.dashed ? "#b3b3b3" : border,
      "stroke-width": dashed ? 1.5 : 1, "stroke-dasharray": dashed ? "4 3" : null });
    // On a hatch, signs and letters get a rim of the ground colour.
    const rim = overlay && !dim ? { stroke: state.fill, "stroke-width": 4 } : { stroke: null };
    const ink = dim ? null : state.ink || "#000000"; // null: the page's own text colour
    const { lines, sign } = this.view.write(place, state.mark || "", text);
    const drawn = sign ? signPath(state.mark) : "";
    if (sign && !drawn) lines.push({ ...sign, text: state.mark }); // A sign without a path of ours.
    setAll(item.sign, { ...rim, d: drawn, fill: ink, class: `${ink ? "on-fill" : "sign"} rim thin`,
      transform: drawn ? `translate(${sign.x},${sign.y}) scale(${sign.size * 0.42})` : null });
    while (item.texts.length > lines.length) item.texts.pop().remove();
    lines.forEach((line, k) => {
      const node = item.texts[k] || (item.texts[k] = svg("text", g, { "text-anchor": "middle" }));
      const own = ink && !(tile && partial && line.onPaper);
      const color = own ? { ...rim, fill: ink, class: "on-fill rim" }
        : { stroke: null, fill: null, class: null };
      // Japanese glyphs have their middle 0.36 em above the baseline.
      setAll(node, { ...color, x: line.x, y: line.y + line.size * 0.36,
        style: `font-size:${line.size}px;font-weight:${dim ? 400 : 700}` });
      setText(node, line.text);
    });
    if (this.selectable) {
      const words = [state.label, text, ...flagWords(this.data, flags), note].filter(Boolean);
      set(g, "aria-label", `${place.name}：${words.join("、")}`);
    }
  }

  paintStars() {
    this.stars.begin();
    this.items.forEach(({ place }, i) => {
      if (!(valueOf(this.data, i, place.code).flags & STARRED)) return;
      const [x, y, r] = this.view.star(place);
      this.stars.next({ ...markAt("star", x, y, r), class: "thin", fill: DARK, stroke: HALO,
        "stroke-width": 3, "paint-order": "stroke", "stroke-linejoin": "round" });
    });
    this.stars.end();
  }

  // ---- geometry ----------------------------------------------------------------------------

  /** Height in px that the figure takes at a width. */
  layout(width) {
    this.width = width;
    const { geo, data } = this;
    this.view = data.view === "tile" ? tileView(geo, width, data) : outlineView(geo, width, data);
    this.prepareStates();
    // The view box changes nothing on screen and lets print scale the drawing to the paper.
    setAll(this.host.svg, { width, height: this.view.height,
      viewBox: `0 0 ${width} ${this.view.height}` });
    this.items.forEach((item, i) => {
      const { d, transform } = this.view.shape(item.place, 0);
      set(item.shape, "transform", transform);
      set(item.paper, "d", d);
      set(item.edge, "d", d);
      this.paint(item, i);
    });
    set(this.inset, "d", this.view.inset);
    this.paintStars();
    this.placeRings();
    return this.view.height;
  }

  placeRings() {
    const draw = (paths, item, widths) => paths.forEach((path, k) => {
      if (!item || !this.view) { set(path, "visibility", "hidden"); return; }
      const { ring, transform } = this.view.shape(item.place, 0);
      setAll(path, { visibility: "visible", d: ring, transform, "stroke-width": widths[k] });
    });
    const chosen = this.items.find((item) => item.place.code === this.selected);
    const both = chosen && chosen === this.focused;
    draw(this.focusRing, this.focused, both ? [13, 9] : [10, 5]);
    // A small prefecture must not vanish under its own outline.
    const slim = chosen && this.view && !this.view.roomy(chosen.place);
    draw(this.selectRing, chosen, both ? [0, 3] : slim ? [5, 3] : [7, 4]);
  }

  showSelected(code) {
    if (code === this.selected) return;
    for (const item of this.items) {
      const own = item.place.code;
      if (this.selectable && (own === code || own === this.selected)) {
        set(item.g, "aria-pressed", String(own === code));
      }
    }
    this.selected = code;
    if (!this.focused && code) this.moveCursor(this.items.findIndex((k) => k.place.code === code));
    this.placeRings();
  }

  // ---- pointer and keyboard ----------------------------------------------------------------

  listen() {
    const { svg: root, tip } = this.host;
    const under = (event) => {
      const g = event.target.closest?.("[data-code]");
      return g && this.items.find((item) => item.g === g);
    };
    root.addEventListener("pointerover", (event) => {
      const item = under(event);
      if (item) this.tell(item); else tip.hideSoon(event);
    });
    root.addEventListener("pointerleave", (event) => tip.hideSoon(event));
    root.addEventListener("click", (event) => {
      const item = under(event);
      if (item && this.selectable) this.pick(item.place.code);
    });
    root.addEventListener("focusin", (event) => {
      const item = under(event);
      if (!item) return;
      this.moveCursor(this.items.indexOf(item));
      if (!item.g.matches(":focus-visible")) return;
      this.focused = item;
      this.placeRings();
      this.tell(item);
    });
    root.addEventListener("focusout", () => {
      if (!this.focused) return;
      this.focused = null;
      this.placeRings();
      tip.hide();
    });
    root.addEventListener("keydown", (event) => this.key(event));
  }

  key(event) {
    if (event.ctrlKey || event.altKey || event.metaKey) return;
    const to = event.key === "Home" ? 0 : event.key === "End" ? this.items.length - 1
      : event.key.startsWith("Arrow") ? this.neighbour(this.cursor, event.key) : -1;
    const act = event.key === "Enter" || event.key === " ";
    if (to >= 0) this.visit(to);
    else if (act && this.selectable) this.pick(this.items[this.cursor].place.code);
    else if (event.key === "Escape" && this.selectable && this.selected) this.pick(this.selected);
    else if (!event.key.startsWith("Arrow")) return;
    // The page has shortcuts on the same keys (投影モード); while the map has the focus, it wins.
    event.preventDefault();
    event.stopPropagation();
  }

  visit(index) {
    const item = this.items[index];
    if (this.selectable) { item.g.focus(); return; }
    // Not operable: the focus stays on the figure and a ring shows which prefecture is read out.
    this.cursor = index;
    this.focused = item;
    this.placeRings();
    this.tell(item);
    const { title, lines } = this.words(item);
    this.host.speak([title, ...lines].join("、"));
  }

  moveCursor(index) {
    if (index < 0 || index === this.cursor) return;
    if (this.selectable) {
      set(this.items[this.cursor].g, "tabindex", "-1");
      set(this.items[index].g, "tabindex", "0");
    }
    this.cursor = index;
  }

  /** The nearest prefecture in the direction of an arrow key; sideways distance counts double. */
  neighbour(index, key) {
    const [x0, y0] = this.view.centre(this.items[index].place);
    const [dx, dy] = STEPS[key] || [0, 0];
    let best = -1, least = Infinity;
    this.items.forEach(({ place }, i) => {
      const [x, y] = this.view.centre(place);
      const ahead = (x - x0) * dx + (y - y0) * dy;
      const aside = Math.abs((x - x0) * dy) + Math.abs((y - y0) * dx);
      if (i === index || ahead < 1 || aside > 2 * ahead) return;
      const cost = ahead + 2 * aside;
      if (cost < least) { least = cost; best = i; }
    });
    return best;
  }

  pick(code) {
    const next = code === this.selected ? null : code;
    this.showSelected(next);
    this.host.pick(next);
  }

  words(item) {
    const i = this.items.indexOf(item);
    const { state, flags, text, note } = valueOf(this.data, i, item.place.code);
    const first = [state.mark, state.label].filter(Boolean).join(" ");
    return { title: item.place.name,
      lines: [first, text, ...flagWords(this.data, flags), note].filter(Boolean) };
  }

  tell(item) {
    this.tipItem = item;
    const { title, lines } = this.words(item);
    this.host.tip.show(title, lines, () => {
      const frame = this.host.svg.getBoundingClientRect();
      const [x, y, w, h] = this.view.bounds(item.place);
      return { left: frame.left + x, top: frame.top + y, width: w, right: frame.left + x + w,
        bottom: frame.top + y + h };
    });
  }

  /** Entries for the legend of a saved picture: every state with its count, then the signs used. */
  legend() {
    const { data, items } = this;
    const values = items.map(({ place }, i) => valueOf(data, i, place.code));
    const entries = data.states.map((state, k) => ({ state, hatch: this.hatches[k],
      text: `${state.label}　${values.filter((v) => v.state === state).length}` }));
    const flagged = (flag) => values.filter((v) => v.flags & flag).length;
    const half = data.view === "tile";
    if (flagged(PARTIAL)) entries.push({ half, hatch: half ? null : this.holes,
      state: { fill: "#4d4d4d", ink: "#ffffff" },
      text: `${flagWords(data, PARTIAL)[0]}　${flagged(PARTIAL)}` });
    if (flagged(STARRED)) entries.push({ star: true,
      text: `${flagWords(data, STARRED)[0]}　${flagged(STARRED)}` });
    if (flagged(DIMMED)) entries.push({ state: { fill: "#ffffff", border: "#b3b3b3" },
      text: `淡い色は${flagWords(data, DIMMED)[0]}　${flagged(DIMMED)}` });
    return entries;
  }
}

// ---- the two views: where things are, in CSS px ----------------------------------------------

function tileView(geo, width, data) {
  const pad = 2;
  let w = Math.floor((width - 2 * pad) / geo.cols);
  let h = Math.max(w, Math.min(30, w * 1.25)); // Taller on a telephone: easier to hit.
  if (data.maxHeight) h = Math.min(h, Math.floor((data.maxHeight - 2 * pad) / geo.rows));
  w = Math.min(w, h * (data.texts && Object.keys(data.texts).length ? 1.7 : 1.4));
  const gap = w >= 60 ? 4 : w >= 40 ? 3 : 2;
  const [iw, ih] = [w - gap, h - gap];
  const left = (width - geo.cols * w + gap) / 2;
  const corner = Math.min(4, iw * 0.08);
  const turn = (r, dx, dy) => `a${r} ${r} 0 0 1 ${dx} ${dy}`;
  const box = (x, y, bw, bh, r) => `M${x + r} ${y}h${bw - 2 * r}${turn(r, r, r)}v${bh - 2 * r}`
    + `${turn(r, -r, r)}h${2 * r - bw}${turn(r, -r, -r)}v${2 * r - bh}${turn(r, r, -r)}Z`;

  // Text: name above mark; else the mark shares the second line with the third letter of a long
  // name; else the mark alone. Never smaller than 14 px.
  const size = Math.max(MIN_TEXT, Math.min(40, Math.floor(Math.min(iw * 0.27, ih * 0.3))));
  const level = iw >= 3 * size + 4 && ih >= 2.3 * size ? "full"
    : iw >= 2 * MIN_TEXT + 2 && ih >= 2 * MIN_TEXT + 2 ? "folded" : "mark";
  const step = level === "folded" ? Math.min(size * 1.1, ih / 2.05) : size * 1.25;
  const middle = ih / 2;
  // Values with their sign in one size for all tiles: that of the longest.
  const longest = Math.max(0, ...Object.values(data.texts || {}).map((k) => textWidth(k, 1))) + 1.3;
  const valueSize = Math.max(MIN_TEXT, Math.min(size, Math.floor((iw - 8) / longest)));
  const cut = middle + (level === "folded" ? 0.5 : 0);
  const partFill = level === "mark"
    ? `M0 0H${iw * 0.45}L${iw} ${ih * 0.55}V${ih}H0Z`
    : `M0 ${cut - ih * 0.03}L${iw} ${cut + ih * 0.08}V${ih - corner}`
      + `${turn(corner, -corner, corner)}H${corner}${turn(corner, -corner, -corner)}Z`;
  const whole = box(0, 0, iw, ih, corner);
  const ring = box(-1, -1, iw + 2, ih + 2, corner + 1);
  const at = (place) => [left + place.tile[0] * w, pad + place.tile[1] * h];

  /** Texts and sign of a tile; x and y are their middles. */
  const write = (place, mark, text) => {
    const [x0, y0] = at(place);
    const x = x0 + iw / 2;
    const row = (k) => y0 + middle + (k - 0.5) * step;
    if (level === "mark") return { lines: [], sign: mark && { x, y: y0 + middle, size: MIN_TEXT } };
    const folded = level === "folded" && place.short.length > 2;
    const lines = [{ text: folded ? place.short.slice(0, 2) : place.short, size, x, y: row(0),
      onPaper: true }];
    // What else stands in the second line, left of the sign or in its place.
    const rest = level === "full" ? text : place.short.slice(2);
    const small = folded ? size : valueSize;
    const w = textWidth(rest, small);
    if (!rest || (!folded && w > iw - 2)) return { lines, sign: mark && { x, y: row(1), size } };
    const both = mark && w + small <= iw - 2;
    const gap = both ? Math.min(small * 0.3, iw - 2 - w - small) : 0;
    const start = x - (w + (both ? gap + small : 0)) / 2;
    lines.push({ text: rest, size: small, x: start + w / 2, y: row(1) });
    return { lines, sign: both && { x: start + w + gap + small / 2, y: row(1), size: small } };
  };
  const r = Math.max(4.5, Math.min(13, iw * 0.13));
  const inward = level === "full" ? r * 0.4 : 0;
  return {
    height: Math.ceil(geo.rows * h - gap + 2 * pad), zoom: 1, inset: "", write,
    shape: (place, partial) => {
      const [x, y] = at(place);
      const transform = `translate(${x},${y})`;
      return { d: whole, fill: partial ? partFill : whole, ring, transform };
    },
    star: (place) => [at(place)[0] + iw - inward, at(place)[1] + inward, r],
    roomy: () => true,
    centre: (place) => [place.tile[0] * 100, place.tile[1] * 100],
    bounds: (place) => [...at(place), iw, ih],
  };
}

function outlineView(geo, width, data) {
  const pad = 6;
  const [bx, by, bw, bh] = geo.box;
  const limit = data.maxHeight ? (data.maxHeight - 2 * pad) / bh : Infinity;
  const zoom = Math.min((width - 2 * pad) / bw, limit);
  const [tx, ty] = [(width - bw * zoom) / 2 - bx * zoom, pad - by * zoom];
  const transform = `translate(${tx},${ty}) scale(${zoom})`;
  const at = ([x, y]) => [tx + x * zoom, ty + y * zoom];
  return {
    height: Math.ceil(bh * zoom + 2 * pad), zoom,
    inset: geo.inset.map((point, i) => `${i ? "L" : "M"}${at(point).join(" ")}`).join(""),
    write: (place, mark) => {
      const room = place.room * zoom;
      const [x, y] = at(place.label);
      // A 14 px sign is about 12 px across; where that does not fit, the colour, the hatch and the
      // tooltip carry the state, and the tile map shows every sign.
      return { lines: [], sign: mark && room >= 6.5
        && { x, y, size: Math.max(MIN_TEXT, Math.min(28, room * 1.1)) } };
    },
    shape: (place) => ({ d: place.path, fill: place.path, ring: place.path, transform }),
    star: (place) => {
      const [x, y] = at(place.label);
      const room = place.room * zoom;
      if (room < 6.5) return [x, y, 5];
      return [x + Math.max(9, room * 0.7), y - Math.max(8, room * 0.55), 6];
    },
    roomy: (place) => place.room * zoom >= 6.5,
    centre: (place) => at(place.label),
    bounds: (place) => {
      const [x, y, w, h] = place.body;
      return [...at([x, y]), w * zoom, h * zoom];
    },
  };
}
