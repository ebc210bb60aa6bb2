// Where ideas stand on their plate: the first in the middle, the others to its right and left, as the plate's own
// design sets them. Lengths are heights of a capital until `fitted` turns them into millimetres.
const LINE = 1.55;
const PAD = 0.35;
const OVER = 1.9;
const REACH = 1.8;
const ROOT = 1.3;
const ROOT_PAD = 0.5;
const GAPS = [0.4, 1, 2, 4];
const WRAPS = [7, 10, 14, 20, 30, 90];
const AS_GOOD = 1.02;

export function fitted(root, plate, words) {
  const [wide, high] = [plate.width - 2 * plate.margin, plate.height - 2 * plate.margin];
  const found = GAPS.flatMap((gap) => WRAPS.map((wrap) => whole(root, { gap, wrap, ...words })));
  const size = ({ right, left, top, bottom }) => Math.max((right - left) / wide, (bottom - top) / high);
  const smallest = Math.min(...found.map(size));
  const airy = found.filter((each) => size(each) <= AS_GOOD * smallest);
  const best = airy.reduce((a, b) => (b.gap > a.gap || (b.gap === a.gap && size(b) < size(a)) ? b : a));
  const capital = Math.min(1 / size(best), plate.largest);
  const move = ([x, y]) => [
    plate.width / 2 + (x - (best.left + best.right) / 2) * capital,
    plate.height / 2 + (y - (best.top + best.bottom) / 2) * capital,
  ];
  return { ...best, capital, move };
}

function whole(root, way) {
  const middle = box(root, way, ROOT);
  middle.width += 2 * ROOT_PAD;
  middle.height += ROOT_PAD;
  const placed = { boxes: [{ ...middle, node: root, x: 0, y: 0, depth: 0 }], curves: [], gap: way.gap };
  const cut = halved(root.children.map((child) => tall(child, way)));
  for (const [side, branches] of [[1, root.children.slice(0, cut)], [-1, root.children.slice(cut)]]) {
    spread(branches, { y: 0, depth: 0, start: [(side * middle.width) / 2, 0], side }, way, placed);
  }
  const edge = (axis, half, sign) => placed.boxes.map((each) => each[axis] + (sign * each[half]) / 2);
  return {
    ...placed,
    left: Math.min(...edge("x", "width", -1)),
    right: Math.max(...edge("x", "width", 1)),
    top: Math.min(...edge("y", "height", -1)),
    bottom: Math.max(...edge("y", "height", 1)),
  };
}

function spread(topics, parent, way, placed) {
  const heights = topics.map((topic) => tall(topic, way));
  let y = parent.y - (sum(heights) + way.gap * (topics.length - 1)) / 2;
  topics.forEach((topic, i) => {
    const own = box(topic, way, 1);
    const near = parent.start[0] + parent.side * REACH;
    const at = { ...own, node: topic, depth: parent.depth + 1, x: near + (parent.side * own.width) / 2, y: y + heights[i] / 2 };
    const [line, far] = [at.y + own.height / 2, near + parent.side * own.width];
    placed.boxes.push(at);
    placed.curves.push({ from: parent.start, to: [near, line], far: [far, line] });
    spread(topic.children, { y: at.y, depth: at.depth, start: [far, line], side: parent.side }, way, placed);
    y += heights[i] + way.gap;
  });
}

function box(topic, { wrap, widthOf, wordsOf }, scale) {
  const lines = wrapped(wordsOf(topic), wrap);
  const width = Math.max(...lines.map(widthOf)) + 2 * PAD;
  return { lines, scale, width: scale * width, height: scale * ((lines.length - 1) * LINE + OVER) };
}

function tall(topic, way) {
  const under = topic.children.map((child) => tall(child, way));
  return Math.max(box(topic, way, 1).height, sum(under) + way.gap * (under.length - 1));
}

// How many branches go to the right so that both sides are about as high.
function halved(heights) {
  const total = sum(heights);
  const off = (count) => Math.abs(2 * sum(heights.slice(0, count)) - total - 1e-6);
  return heights.reduce((best, _, i) => (off(i + 1) < off(best) ? i + 1 : best), 0);
}

function wrapped(text, most) {
  const lines = [];
  for (const word of text.split(" ")) {
    if (lines.length && lines.at(-1).length + 1 + word.length <= most) lines.push(`${lines.pop()} ${word}`);
    else lines.push(word);
  }
  return lines;
}

const sum = (values) => values.reduce((a, b) => a + b, 0);
export { LINE };
