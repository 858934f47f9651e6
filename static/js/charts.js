// The line chart (折れ線) and the horizontal bars (横棒). Both draw in CSS px, keep their nodes and
// share a cursor: pointer, or ← → on the keyboard, steps through x values or categories and shows
// every series there.

const VERSION = new URL(import.meta.url).search;
const { formatNumber, hatch, inkOn, markAt, pool, set, setAll, svg, textWidth, wrap, MIN_TEXT } =
  await import(`./dom.js${VERSION}`);

const SIZE = MIN_TEXT;
const LINE = 20; // Height of one line of 14 px text.
const EMPTY_BAR = "未入力", EMPTY_POINT = "値なし";

/** Round ticks that cover a range: steps of 1, 2, 2.5 or 5 times a power of ten. */
function ticksFor(low, high, wanted, zero) {
  if (zero) [low, high] = [Math.min(0, low), Math.max(0, high)];
  if (low === high) {
    const some = Math.abs(low || 1) * 0.1;
    [low, high] = [low - some, high + some];
  }
  const raw = (high - low) / wanted;
  const power = 10 ** Math.floor(Math.log10(raw));
  const step = power * ([1, 2, 2.5, 5, 10].find((k) => k * power >= raw * 0.999) || 10);
  const first = Math.floor(low / step + 1e-9), last = Math.ceil(high / step - 1e-9);
  const half = Math.abs(step / power - 2.5) < 1e-9 ? 1 : 0; // 2.5 needs one decimal more.
  const digits = Math.max(0, half - Math.floor(Math.log10(step) + 1e-9));
  const ticks = [];
  for (let k = first; k <= last; k += 1) ticks.push(k * step);
  return { ticks, digits, low: first * step, high: last * step };
}

const isNumber = (v) => v !== null && v !== undefined && Number.isFinite(v);

class Chart {
  constructor(host, _, still = false) {
    Object.assign(this, { host, still, at: -1 });
    this.layers = {};
    this.defs = svg("defs", host.svg);
    if (!still) this.listen();
  }

  /** Layers stack in the order in which they are first asked for (the subclasses' constructors). */
  layer(name, tag) {
    return (this.layers[name] ||= pool(svg("g", this.host.svg), tag));
  }

  update(data) {
    this.data = data;
    setAll(this.host.svg, { role: "img", "aria-label": data.label || "",
      tabindex: this.still ? null : "0" });
    if (!this.width) return;
    this.layout(this.width);
    if (this.host.tip?.open) this.point(this.at);
  }

  layout(width) {
    this.width = width;
    for (const name in this.layers) this.layers[name].begin();
    const height = this.draw(width);
    for (const name in this.layers) this.layers[name].end();
    setAll(this.host.svg, { width, height, viewBox: `0 0 ${width} ${height}` });
    return height;
  }

  text(x, y, words, anchor = "start", extra = {}) {
    return this.layer("text", "text").next({ x, y, "text-anchor": anchor, class: null, style: null,
      fill: null, stroke: null, ...extra }, words);
  }

  value(v, digits) {
    return `${formatNumber(v, digits ?? this.data.digits)}${this.data.unit || ""}`;
  }

  /** Names of the series over the plot, in rows; returns the height taken. */
  legend(width, series, sample) {
    let x = 0, y = 0;
    for (const one of series) {
      const w = 28 + textWidth(one.name, SIZE) + 20;
      if (x && x + w > width) { x = 0; y += 24; }
      sample(one, x, y + 10);
      this.text(x + 28, y + 15, one.name);
      x += w;
    }
    return y + 32;
  }

  // ---- cursor ------------------------------------------------------------------------------

  listen() {
    const { svg: root, tip } = this.host;
    const follow = (event) => {
      const frame = root.getBoundingClientRect();
      this.point(this.nearest(event.clientX - frame.left, event.clientY - frame.top));
    };
    root.addEventListener("pointermove", follow);
    root.addEventListener("pointerleave", (event) => tip.hideSoon(event));
    // The tooltip may lie under the pointer: it stays readable and the cursor goes on below it.
    tip.onMove = follow;
    root.addEventListener("blur", () => tip.hide());
    root.addEventListener("keydown", (event) => {
      if (event.ctrlKey || event.altKey || event.metaKey || !this.data) return;
      const last = this.count() - 1;
      const to = { Home: 0, End: last, ArrowRight: Math.min(last, this.at + 1),
        ArrowDown: Math.min(last, this.at + 1), ArrowLeft: Math.max(0, this.at - 1),
        ArrowUp: Math.max(0, this.at - 1) }[event.key];
      if (to === undefined) return;
      event.preventDefault();
      event.stopPropagation();
      this.point(to);
      const { title, lines } = this.words(to);
      this.host.speak([title, ...lines.map((k) => `${k.name} ${k.value}`)].join("、"));
    });
  }

  point(index) {
    if (index < 0 || index >= this.count()) { this.host.tip.hide(); return; }
    this.at = index;
    this.drawCursor();
    const { title, lines } = this.words(index);
    this.host.tip.show(title, lines, () => {
      const frame = this.host.svg.getBoundingClientRect();
      const [x, y, w, h] = this.cursorBox(index);
      return { left: frame.left + x, right: frame.left + x + w, top: frame.top + y,
        bottom: frame.top + y + h, width: w };
    }, this.side);
  }

  tipHidden() { this.clearCursor(); }
}

// ---- lines ---------------------------------------------------------------------------------

export class LineFigure extends Chart {
  constructor(...given) {
    super(...given);
    this.side = "beside";
    for (const name of ["grid", "band", "rule", "line", "cursor", "mark"]) this.layer(name, "path");
    this.layer("text", "text");
  }

  count() { return this.data.x.length; }

  draw(width) {
    const { data } = this;
    const { x: xs, series, bands = [], rules = [] } = data;
    const numbers = [series.map((k) => k.values), bands.map((k) => [...k.low, ...k.high])]
      .flat(2).filter(isNumber);
    const height = data.height || 320;
    const scale = ticksFor(numbers.length ? Math.min(...numbers) : 0,
      numbers.length ? Math.max(...numbers) : 1, height < 240 ? 3 : 5, data.yZero);
    const tickWords = scale.ticks.map((v) => formatNumber(v, scale.digits));

    // Names stand at the line ends; where they would eat a third of the width, over the plot.
    const named = series.filter((k) => k.endLabel !== false && k.values.some(isNumber));
    const need = Math.max(0, ...named.map((k) => textWidth(k.name, SIZE))) + 26;
    const direct = named.length > 0 && need <= width * 0.34;
    const keys = [...(direct ? series.filter((k) => !named.includes(k)) : series)];
    let top = 0;
    const entries = [...keys, ...bands.map((k) => ({ ...k, band: true }))];
    if (entries.length) top += this.legend(width, entries, (one, x, y) => this.sample(one, x, y));
    const note = scale.low > 0 || scale.high < 0 ? "縦軸は0から始まりません" : "";
    const head = [data.unit, note].filter(Boolean).join("、");
    if (head) { this.text(2, top + 16, `（${head}）`); top += 26; }
    if (rules.some((k) => k.text)) top += LINE;
    top += 8;

    const rows = Math.max(1, ...(data.xLabels || []).map((k) => String(k).split("\n").length));
    const labelOf = (i) => String(data.xLabels?.[i] ?? xs[i]).split("\n");
    const widest = xs.flatMap((_, i) => labelOf(i)).map((k) => textWidth(k, SIZE));
    const half = Math.max(0, ...widest) / 2;
    const left = Math.max(...tickWords.map((k) => textWidth(k, SIZE))) + 12;
    const right = width - (direct ? Math.max(need, half + 4) : half + 4);
    const bottom = Math.max(top + 80, height - rows * LINE - 12);
    const span = xs[xs.length - 1] - xs[0] || 1;
    const px = (v) => left + 10 + ((v - xs[0]) / span) * Math.max(20, right - left - 20);
    const py = (v) => bottom - ((v - scale.low) / (scale.high - scale.low)) * (bottom - top);
    this.plot = { px, py, top, bottom, left, right };

    scale.ticks.forEach((v, k) => {
      const y = Math.round(py(v));
      this.layers.grid.next({ d: `M${left} ${y}H${right}`,
        class: v === scale.low || v === 0 ? "axis" : "grid" });
      this.text(left - 8, y + 5, tickWords[k], "end");
    });
    // As many year labels as fit; always the first and the last.
    const gap = 2 * half + 10;
    let free = -Infinity;
    xs.forEach((v, i) => {
      const [x, last] = [px(v), px(xs[xs.length - 1])];
      if (x - free < gap || (i < xs.length - 1 && last - x < gap)) return;
      free = x;
      this.layers.grid.next({ d: `M${Math.round(x)} ${bottom}v5`, class: "axis" });
      labelOf(i).forEach((words, k) => this.text(x, bottom + 20 + k * LINE, words, "middle"));
    });

    for (const band of bands) {
      const both = (i) => isNumber(band.low[i]) && isNumber(band.high[i]);
      const known = xs.map((v, i) => i).filter(both);
      const there = known.map((i) => `${px(xs[i])} ${py(band.high[i])}`);
      const back = known.reverse().map((i) => `${px(xs[i])} ${py(band.low[i])}`);
      this.layers.band.next({ d: there.length ? `M${[...there, ...back].join("L")}Z` : "",
        fill: band.color, "fill-opacity": 0.65 });
    }
    for (const rule of rules) {
      const x = Math.round(px(rule.x));
      this.layers.rule.next({ d: `M${x} ${top}V${bottom}`, class: "axis", stroke: null,
        "stroke-dasharray": "2 3" });
      const w = textWidth(rule.text || "", SIZE) / 2;
      this.text(Math.max(left + w, Math.min(x, right - w)), top - 6, rule.text || "", "middle");
    }
    for (const one of series) this.drawSeries(one);
    if (direct) this.drawEndLabels(named, right);
    if (this.at >= 0 && this.host.tip?.open) this.drawCursor();
    return bottom + rows * LINE + 12;
  }

  drawSeries(one) {
    const { px, py } = this.plot;
    const xs = this.data.x;
    const from = one.dashFrom ?? Infinity;
    let solid = "", dashed = "";
    xs.forEach((x, i) => {
      if (!i || !isNumber(one.values[i]) || !isNumber(one.values[i - 1])) return;
      const piece = `M${px(xs[i - 1])} ${py(one.values[i - 1])}L${px(x)} ${py(one.values[i])}`;
      // A step that ends in an estimate is one.
      if (i >= from) dashed += piece; else solid += piece;
    });
    const line = { class: "edge", stroke: one.color, "stroke-width": 2.5,
      "stroke-linecap": "round" };
    this.layers.line.next({ ...line, d: solid, "stroke-dasharray": null });
    this.layers.line.next({ ...line, d: dashed, "stroke-dasharray": "6 5" });
    const many = xs.length > 30;
    xs.forEach((x, i) => {
      if (!isNumber(one.values[i]) || (many && i && i < xs.length - 1)) return;
      // Measured values are filled, estimates hollow: readable without colour and without dashes.
      this.layers.mark.next({ ...markAt(one.mark, px(x), py(one.values[i]), 4.5), stroke: one.color,
        class: i >= from ? "paper thin" : "thin", fill: one.color, "stroke-width": 2 });
    });
  }

  /** Names at the ends of the lines, pushed apart so that none covers another. */
  drawEndLabels(named, right) {
    const { px, py, top, bottom } = this.plot;
    const ends = named.map((one) => {
      let i = one.values.length - 1;
      while (!isNumber(one.values[i])) i -= 1;
      return { one, x: px(this.data.x[i]), y: py(one.values[i]), to: py(one.values[i]) };
    }).sort((a, b) => a.y - b.y);
    ends.forEach((end, k) => { if (k) end.to = Math.max(end.to, ends[k - 1].to + LINE); });
    let floor = Math.max(bottom, top + LINE * ends.length);
    for (const end of [...ends].reverse()) {
      end.to = Math.min(end.to, floor);
      floor = end.to - LINE;
    }
    const start = right + 2;
    for (const { one, x, y, to } of ends) {
      this.layers.rule.next({ d: `M${x + 7} ${y}L${start} ${to}H${start + 3}`, class: "edge",
        stroke: one.color, "stroke-width": 1, "stroke-dasharray": null });
      this.layers.mark.next({ ...markAt(one.mark, start + 10, to, 4), class: "thin",
        fill: one.color, stroke: one.color, "stroke-width": 1 });
      this.text(start + 19, to + 5, one.name);
    }
  }

  sample(one, x, y) {
    if (one.band) {
      this.layers.band.next({ d: `M${x} ${y - 6}h22v12h-22Z`, fill: one.color,
        "fill-opacity": 0.65 });
      return;
    }
    this.layers.line.next({ class: "edge", stroke: one.color, "stroke-width": 2.5,
      "stroke-linecap": "round", "stroke-dasharray": null, d: `M${x} ${y}h22` });
    this.layers.mark.next({ ...markAt(one.mark, x + 11, y, 4.5), class: "thin", fill: one.color,
      stroke: one.color, "stroke-width": 2 });
  }

  drawCursor() {
    const { px, py, top, bottom } = this.plot;
    const x = px(this.data.x[this.at]);
    const layer = this.layers.cursor;
    layer.begin();
    layer.next({ d: `M${Math.round(x)} ${top}V${bottom}`, class: "axis", fill: "none",
      transform: null, stroke: null });
    for (const one of this.data.series) {
      const v = one.values[this.at];
      if (isNumber(v)) layer.next({ ...markAt("circle", x, py(v), 9), class: "edge thin",
        stroke: one.color, fill: null });
    }
    layer.end();
  }

  clearCursor() { this.layers.cursor.begin(); this.layers.cursor.end(); }

  nearest(x) {
    if (!this.plot) return -1;
    let best = 0;
    this.data.x.forEach((v, i) => {
      if (Math.abs(this.plot.px(v) - x) < Math.abs(this.plot.px(this.data.x[best]) - x)) best = i;
    });
    return best;
  }

  cursorBox(i) {
    const { px, top, bottom } = this.plot;
    return [px(this.data.x[i]), top, 0, bottom - top];
  }

  words(i) {
    const { data } = this;
    const lines = data.series.map((one) => {
      const v = one.values[i];
      const kind = i >= (one.dashFrom ?? Infinity) ? "（推計）" : "";
      return { color: one.color, name: one.name,
        value: isNumber(v) ? this.value(v) + kind : EMPTY_POINT };
    });
    for (const { color, name, low, high } of data.bands || []) {
      if (!isNumber(low[i]) || !isNumber(high[i])) continue;
      lines.push({ color, name, value: `${this.value(low[i])}～${this.value(high[i])}` });
    }
    return { title: String(data.xLabels?.[i] ?? data.x[i]).replace("\n", ""), lines };
  }
}

// ---- horizontal bars -----------------------------------------------------------------------

export class BarFigure extends Chart {
  constructor(...given) {
    super(...given);
    this.side = "above";
    for (const name of ["cursor", "grid", "bar", "cover"]) this.layer(name, "path");
    this.layer("text", "text");
  }

  count() { return this.data.categories.length; }

  draw(width) {
    const { data } = this;
    const { categories, series, stacked } = data;
    const per = stacked ? 1 : Math.max(1, series.length);
    const totals = categories.map((_, i) => series.map((k) => k.values[i]).filter(isNumber));
    const add = (list, keep) => list.filter(keep).reduce((a, b) => a + b, 0);
    const highs = totals.map((k) => (stacked ? add(k, (v) => v > 0) : Math.max(0, ...k)));
    const lows = totals.map((k) => (stacked ? add(k, (v) => v < 0) : Math.min(0, ...k)));
    const scale = ticksFor(Math.min(0, ...lows), Math.max(0, ...highs) || 1, 5, true);
    const [low, high] = [Math.min(0, ...lows), Math.max(0, ...highs) || 1];

    const covers = series.map((one, k) => (one.hatch
      ? hatch(this.defs, `${this.host.uid}-${k}`, one.hatch, inkOn(one.color)) : null));
    let top = 0;
    if (series.length > 1) {
      top += this.legend(width, series, (one, x, y) => {
        const d = `M${x} ${y - 7}h22v14h-22Z`;
        this.bar(d, one, covers[series.indexOf(one)]);
      });
    }
    const longest = Math.max(...categories.map((k) => textWidth(k, SIZE)), 0);
    const labelWidth = Math.ceil(Math.min(width * 0.4, longest + 4));
    const labels = categories.map((k) => wrap(k, labelWidth - 3, SIZE, 3));
    const left = labelWidth + 12;
    const words = (v) => (isNumber(v) ? this.value(v) : EMPTY_BAR);
    // Room beside the bars for the values, on the side they grow to.
    const outside = (list) => Math.max(0, ...list.map((k) => textWidth(k, SIZE))) + 8;
    const values = series.flatMap((k) => k.values);
    const roomRight = stacked ? 6 : outside(values.filter((v) => !(v < 0)).map(words));
    const roomLeft = !stacked && low < 0 ? outside(values.filter((v) => v < 0).map(words)) : 0;
    const px = (v) => left + roomLeft
      + ((v - low) / (high - low)) * Math.max(20, width - left - roomLeft - roomRight);

    const floor = Math.max(...labels.map((k) => k.length)) * LINE + 8;
    const rowNeeded = Math.max(floor, per * 22 + 12);
    const rowWanted = ((data.height || 0) - top) / Math.max(1, categories.length);
    const row = Math.max(rowNeeded, rowWanted);
    const thick = Math.min(36, (row - 10) / per);
    const bottom = top + row * categories.length;
    this.plot = { top, row, width };
    for (const v of scale.ticks) {
      const x = Math.round(px(v));
      if (v < low || v > high) continue;
      this.layers.grid.next({ d: `M${x} ${top}V${bottom}`, class: v === 0 ? "axis" : "grid" });
    }
    categories.forEach((_, i) => {
      const middle = top + row * (i + 0.5);
      labels[i].forEach((part, k) => this.text(labelWidth,
        middle + 5 + (k - (labels[i].length - 1) / 2) * LINE, part, "end"));
      let [up, down] = [0, 0];
      series.forEach((one, k) => {
        const v = one.values[i];
        const y = stacked ? middle - thick / 2 : middle + (k - per / 2) * thick + (per > 1 ? 1 : 0);
        const h = per > 1 ? thick - 2 : thick;
        const base = y + h / 2 + 5;
        if (!isNumber(v)) {
          // Missing is not 0: words instead of a bar.
          if (!stacked) this.text(px(0) + 6, base, EMPTY_BAR);
          return;
        }
        const start = stacked ? (v < 0 ? down : up) : 0;
        if (v < 0) down += v; else up += v;
        const [a, b] = [px(start), px(start + v)].sort((m, n) => m - n);
        const d = `M${a} ${y}H${b}V${y + h}H${a}Z`;
        this.bar(d, one, covers[k]);
        const text = stacked ? formatNumber(v, data.digits) : this.value(v);
        if (!stacked) this.text(v < 0 ? a - 6 : b + 6, base, text, v < 0 ? "end" : "start");
        else if (b - a >= textWidth(text, SIZE) + 8 && h >= 18) {
          this.text((a + b) / 2, base, text, "middle",
            { class: "on-fill rim", fill: inkOn(one.color), style: "font-weight:700",
              stroke: covers[k] ? one.color : null, "stroke-width": 4 });
        }
      });
      if (stacked && !totals[i].length) this.text(px(0) + 6, middle + 5, EMPTY_BAR);
    });
    if (this.at >= 0 && this.host.tip?.open) this.drawCursor();
    return Math.ceil(bottom + 4);
  }

  bar(d, one, cover) {
    this.layers.bar.next({ d, fill: one.color, class: "bar" });
    if (cover) this.layers.cover.next({ d, fill: cover });
  }

  drawCursor() {
    const { top, row, width } = this.plot;
    this.layers.cursor.begin();
    this.layers.cursor.next({ d: `M0 ${top + row * this.at}H${width}v${row}H0Z`, fill: "#767676",
      "fill-opacity": 0.14 });
    this.layers.cursor.end();
  }

  clearCursor() { this.layers.cursor.begin(); this.layers.cursor.end(); }

  nearest(x, y) {
    return this.plot && y >= this.plot.top ? Math.floor((y - this.plot.top) / this.plot.row) : -1;
  }

  cursorBox(i) { return [0, this.plot.top + this.plot.row * i, this.plot.width, this.plot.row]; }

  words(i) {
    const lines = this.data.series.map(({ color, name, values }) => ({ color, name: name || "値",
      value: isNumber(values[i]) ? this.value(values[i]) : EMPTY_BAR }));
    return { title: this.data.categories[i], lines };
  }
}
