// The page's language, and Japanese for the few English words Streamlit itself shows.
// Texts are exact matches of the front end's own labels; data is never touched, because it does
// not consist of these words alone inside Streamlit's own controls.

const WORDS = new Map(Object.entries({
  "Choose an option": "選んでください",
  "Choose options": "選んでください",
  "Select an option": "選んでください",
  "No results": "該当なし",
  "No results found": "該当なし",
  "No options to select": "選択肢がありません",
  "No options to select.": "選択肢がありません",
  "Select all": "すべて選ぶ",
  "Deselect all": "すべて外す",
  "Clear all": "すべて外す",
  "Clear value": "選択を消す",
  "Clear selection": "選択を消す",
  "Remove": "外す",
  "Open": "開く",
  "Close": "閉じる",
  "Fullscreen": "全画面",
  "View fullscreen": "全画面で見る",
  "Exit fullscreen": "全画面を終える",
  "Close fullscreen": "全画面を終える",
  "Search": "検索",
  "Show more": "さらに表示",
  "Show less": "表示を減らす",
  "View more": "さらに表示",
  "View less": "表示を減らす",
  "Expand sidebar": "メニューを開く",
  "Collapse sidebar": "メニューを閉じる",
  "Open sidebar": "メニューを開く",
  "Close sidebar": "メニューを閉じる",
  "Main menu": "メニュー",
  "Skip to main content": "本文へ移動",
  "App pages": "画面の一覧",
  "Running...": "読み込み中",
  "Connecting": "接続しています",
  "Stop": "止める",
  "Page not found": "ページがありません",
  "Connection error": "接続が切れました",
  "Zoom in": "拡大",
  "Zoom out": "縮小",
  "Copy to clipboard": "写す",
  "Copied": "写しました",
  "Link to heading": "この見出しへのリンク",
  "Help": "説明",
  "Upload": "ファイルを選ぶ",
  "file upload": "ファイル",
  "Selected values": "選んだもの",
  "Upload file": "ファイルを選ぶ",
  "Upload files": "ファイルを選ぶ",
  "Add files": "ファイルを足す",
  "Drag and drop a file here": "ここにファイルを置いてください",
  "Drag and drop files here": "ここにファイルを置いてください",
  "Press Enter to apply": "Enterで反映",
  "Press Ctrl+Enter to apply": "Ctrl+Enterで反映",
  "Press Enter to submit form": "Enterで送信",
  "Press Ctrl+Enter to submit form": "Ctrl+Enterで送信",
}));
// The same for labels that hold a name of ours.
const PATTERNS = [
  [/^Help for (.+)$/, "$1の説明"],
  [/^Remove (.+)$/, "$1を外す"],
  [/^Clear (.+)$/, "$1を消す"],
  [/^(\d+)\s?MB per file$/, "1つ$1MBまで"],
  [/^File must be ([\d.]+)\s?MB or smaller\.?$/, "$1MBを超えています。図や画像を除いて小さくしてください"],
  [/^Press Enter to apply(.*)$/, "Enterで反映$1"],
  [/^Press Enter to submit form(.*)$/, "Enterで送信$1"],
  [/^Press Ctrl\+Enter to submit form(.*)$/, "Ctrl+Enterで送信$1"],
  [/^Press ⌘\+Enter to (?:apply|submit form)(.*)$/, "⌘+Enterで反映$1"],
  [/^Delete (.+)$/, "$1を消す"],
];
const ATTRIBUTES = ["aria-label", "title", "placeholder", "data-title"];
const SKIP = new Set(["SCRIPT", "STYLE", "TEXTAREA"]);

function japanese(text) {
  const words = text?.trim();
  if (!words) return undefined;
  const known = WORDS.get(words);
  if (known) return known;
  const [pattern, answer] = PATTERNS.find(([form]) => form.test(words)) ?? [];
  return pattern && words.replace(pattern, answer);
}

function translateText(node) {
  const word = japanese(node.nodeValue);
  if (word && !SKIP.has(node.parentNode?.nodeName)) node.nodeValue = word;
}

function translateAttributes(element) {
  for (const name of ATTRIBUTES) {
    const word = japanese(element.getAttribute(name));
    if (word) element.setAttribute(name, word);
  }
}

function translate(root) {
  if (root.nodeType === Node.TEXT_NODE) return translateText(root);
  if (root.nodeType !== Node.ELEMENT_NODE) return undefined;
  translateAttributes(root);
  const walker = document.createTreeWalker(root, NodeFilter.SHOW_ELEMENT | NodeFilter.SHOW_TEXT);
  while (walker.nextNode()) {
    const node = walker.currentNode;
    if (node.nodeType === Node.TEXT_NODE) translateText(node);
    else translateAttributes(node);
  }
  return undefined;
}

let watching = false;

export default function shell() {
  document.documentElement.lang = "ja";
  if (watching) return;
  watching = true;
  translate(document.body);
  new MutationObserver((changes) => {
    for (const change of changes) {
      if (change.type === "characterData") translateText(change.target);
      else if (change.type === "attributes") translateAttributes(change.target);
      else change.addedNodes.forEach(translate);
    }
  }).observe(document.body, {
    childList: true, subtree: true, characterData: true, attributes: true, attributeFilter: ATTRIBUTES,
  });
}
