// A mind map as a tree of ideas {text, children}, and as the indented lines that are sent.
const TAB = 4;
const MARK = /^[-*•–—>]+(?:\s+|$)/;

export const idea = (text = "") => ({ text, children: [] });

// The first line is the middle; a line that stands further right than the one above belongs to it.
export function treeOf(lines) {
  let root;
  const above = [];
  for (const line of lines.split("\n")) {
    const found = ideaOf(line);
    if (!found) continue;
    const node = idea(found.text);
    if (!root) {
      root = node;
      continue;
    }
    while (above.length && above.at(-1).column >= found.column) above.pop();
    (above.at(-1)?.node ?? root).children.push(node);
    above.push({ node, column: found.column });
  }
  return root ?? idea();
}

function ideaOf(line) {
  const flat = line.replaceAll("\t", " ".repeat(TAB));
  const words = flat.trim();
  const mark = words.match(MARK)?.[0] ?? "";
  const text = words.slice(mark.length).split(/\s+/).join(" ");
  return text && { text, column: flat.length - flat.trimStart().length + mark.length };
}

// An idea without words is left out, unless others hang on it.
export function linesOf(root, depth = 0) {
  const text = root.text.trim() || (root.children.length ? "…" : "");
  const below = root.children.flatMap((child) => linesOf(child, depth + 1));
  return text ? [" ".repeat(TAB * depth) + text, ...below] : below;
}

export function* walk(node, depth = 0, parent) {
  yield { node, depth, parent };
  for (const child of node.children) yield* walk(child, depth + 1, node);
}
