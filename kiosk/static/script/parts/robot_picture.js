// The lines of an SVG from this tablet, as places: only its outlines are looked at, nothing else of it enters the page.
const SHAPES = {
  path: ["d"], line: ["x1", "y1", "x2", "y2"], polyline: ["points"], polygon: ["points"],
  rect: ["x", "y", "width", "height", "rx", "ry"], circle: ["cx", "cy", "r"], ellipse: ["cx", "cy", "rx", "ry"], g: [],
};
const MOST_SHAPES = 200;
const MOST_PLACES = 2000;
const SVG = "http://www.w3.org/2000/svg";

export async function linesOf(file) {
  const found = new DOMParser().parseFromString(await file.text(), "image/svg+xml");
  if (found.documentElement.nodeName !== "svg") return [];
  const paper = document.createElementNS(SVG, "svg");
  paper.setAttribute("class", "hidden-words");
  paper.setAttribute("aria-hidden", "true");
  outlines(found.documentElement, paper);
  document.body.append(paper);
  try {
    return measured([...paper.querySelectorAll(Object.keys(SHAPES).filter((name) => name !== "g").join())]);
  } finally {
    paper.remove();
  }
}

// What has an outline, with its numbers and how it is turned, and nothing more.
function outlines(from, to) {
  for (const child of from.children) {
    const names = SHAPES[child.localName];
    if (!names) continue;
    const copy = document.createElementNS(SVG, child.localName);
    for (const name of [...names, "transform"]) {
      if (child.hasAttribute(name)) copy.setAttribute(name, child.getAttribute(name));
    }
    to.append(copy);
    outlines(child, copy);
  }
}

function measured(shapes) {
  const few = shapes.slice(0, MOST_SHAPES);
  const lengths = few.map((shape) => shape.getTotalLength());
  const step = lengths.reduce((sum, length) => sum + length, 0) / MOST_PLACES;
  return few.flatMap((shape, index) => strokes(shape, lengths[index], step)).filter((line) => line.length > 1);
}

// A path that lifts its pen is several lines.
function strokes(shape, length, step) {
  const place = shape.getCTM();
  const count = Math.max(2, Math.ceil(length / Math.max(step, length / 400)));
  const lines = [[]];
  let before;
  for (let i = 0; i <= count; i++) {
    const at = shape.getPointAtLength((length * i) / count);
    if (before && Math.hypot(at.x - before.x, at.y - before.y) > (1.5 * length) / count) lines.push([]);
    before = at;
    const { x, y } = at.matrixTransform(place);
    lines.at(-1).push([Math.round(x * 100) / 100, -Math.round(y * 100) / 100]);
  }
  return length > 0 ? lines : [];
}
