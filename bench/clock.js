// Runs inside every measured page, before the page's own scripts. It notes the last key press or
// click, the first change of the DOM after which the page shows what is waited for, and the
// moment after the frame that paints it. No round trip to the measuring program is part of it.
(() => {
  const roots = [document]; // Our figures live in shadow roots, which an observer cannot enter.
  const net = { sent: 0, received: 0 };
  let input = 0;
  let wanted = null;

  const deep = (selector) => roots
    .filter((root) => root === document || root.host.isConnected)
    .flatMap((root) => [...root.querySelectorAll(selector)]);

  // What a map shows, as one text; "" while it is not complete.
  const readers = {
    svg() {
      const places = deep("g[data-code]");
      if (places.length < 47) return "";
      return places.map((place) => [...place.querySelectorAll("path")]
        .map((k) => k.getAttribute("fill") + k.getAttribute("fill-opacity"))).join("|");
    },
    plotly() {
      const places = deep(".choroplethlayer path");
      if (places.length < 47 || !places.every((k) => k.getAttribute("d"))) return "";
      return places.map((place) => ["fill", "fill-opacity", "opacity", "style"]
        .map((name) => place.getAttribute(name))).join("|");
    },
  };

  function watch(root) {
    new MutationObserver(check).observe(root,
      { subtree: true, childList: true, attributes: true, characterData: true });
  }

  const attach = Element.prototype.attachShadow;
  Element.prototype.attachShadow = function attachWatched(options) {
    const root = attach.call(this, options);
    roots.push(root);
    watch(root);
    return root;
  };
  watch(document);

  for (const type of ["keydown", "pointerup"]) {
    addEventListener(type, (event) => { input = event.timeStamp; }, true);
  }

  window.WebSocket = class extends WebSocket {
    constructor(...given) {
      super(...given);
      this.addEventListener("message", () => { net.received = performance.now(); });
    }

    send(data) {
      net.sent = performance.now();
      super.send(data);
    }
  };

  function check() {
    const now = wanted;
    if (!now || now.seen || !now.test()) return;
    now.seen = performance.now();
    const { sent, received } = net;
    requestAnimationFrame(() => {
      // A message posted inside a frame is handled after that frame has been painted.
      const { port1, port2 } = new MessageChannel();
      port1.onmessage = () => now.done({ input, sent, received, seen: now.seen,
        painted: performance.now() });
      port2.postMessage(0);
    });
  }

  function want(test) {
    wanted = { test };
    wanted.result = new Promise((resolve) => { wanted.done = resolve; });
    check();
  }

  window.bench = {
    show: (reader) => readers[reader](),
    /** Wait for the map to show something else than now. */
    wantChange(reader) {
      const before = readers[reader]();
      want(() => { const after = readers[reader](); return after !== "" && after !== before; });
    },
    /** Wait until every selector is there as often as asked: [[selector, count], …]. */
    wantParts(parts) {
      want(() => parts.every(([selector, count]) => deep(selector).length >= count));
    },
    /** Wait for a heading, and for a visible part that was not on the page before. */
    wantPage(title, selector) {
      const old = new Set(deep(selector));
      const isNew = (part) => !old.has(part) && part.getClientRects().length > 0;
      want(() => document.querySelector("h1")?.textContent === title
        && deep(selector).some(isNew));
    },
    result: () => wanted.result,
  };
})();
