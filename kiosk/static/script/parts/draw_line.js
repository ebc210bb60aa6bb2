// Lines as flat lists of millimetres [x, y, x, y, …]: made smooth, made shorter, measured.
const STEPS = 4;

export const points = (line) => Array.from({ length: line.length / 2 }, (_, i) => [line[2 * i], line[2 * i + 1]]);
const flat = (list) => list.flat().map((value) => Math.round(value * 100) / 100);
export const apart = ([ax, ay], [bx, by]) => Math.hypot(ax - bx, ay - by);

export function lengthOf(line) {
  const list = points(line);
  return list.reduce((sum, point, i) => (i ? sum + apart(point, list[i - 1]) : 0), 0);
}

// How far a point is from the piece between two others.
function offPiece(point, a, b) {
  const [dx, dy] = [b[0] - a[0], b[1] - a[1]];
  const square = dx * dx + dy * dy;
  const t = square ? Math.max(0, Math.min(1, ((point[0] - a[0]) * dx + (point[1] - a[1]) * dy) / square)) : 0;
  return apart(point, [a[0] + t * dx, a[1] + t * dy]);
}

export function offLine(point, line, closed) {
  const list = points(line);
  if (closed) list.push(list[0]);
  if (list.length === 1) return apart(point, list[0]);
  return Math.min(...list.slice(1).map((end, i) => offPiece(point, list[i], end)));
}

// Ramer, Douglas and Peucker: leaves out what lies within the tolerance.
export function simpler(line, tolerance) {
  const list = points(line);
  const kept = new Set([0, list.length - 1]);
  const spans = [[0, list.length - 1]];
  while (spans.length) {
    const [from, to] = spans.pop();
    let [worst, at] = [tolerance, -1];
    for (let i = from + 1; i < to; i++) {
      const off = offPiece(list[i], list[from], list[to]);
      if (off > worst) [worst, at] = [off, i];
    }
    if (at < 0) continue;
    kept.add(at);
    spans.push([from, at], [at, to]);
  }
  return flat(list.filter((_, i) => kept.has(i)));
}

// A curve through every point of a line (Catmull and Rom), as a line of short pieces.
export function rounder(line, closed) {
  const list = points(line);
  if (list.length < 3) return line;
  const count = list.length;
  const at = (i) => list[closed ? (i + count) % count : Math.max(0, Math.min(count - 1, i))];
  const found = [];
  for (let i = 0; i < (closed ? count : count - 1); i++) {
    const [p, q, r, s] = [at(i - 1), at(i), at(i + 1), at(i + 2)];
    for (let k = 0; k < STEPS; k++) found.push(between(p, q, r, s, k / STEPS));
  }
  if (!closed) found.push(list[count - 1]);
  return flat(found);
}

function between(p, q, r, s, t) {
  return [0, 1].map((axis) => {
    const [a, b, c, d] = [p[axis], q[axis], r[axis], s[axis]];
    return b + (t / 2) * (c - a + t * (2 * a - 5 * b + 4 * c - d + t * (3 * (b - c) + d - a)));
  });
}

export function pathOf(line, closed) {
  return `M${points(line).map(([x, y]) => `${x} ${y}`).join("L")}${closed ? "Z" : ""}`;
}

// What a hand has drawn: calm, closed when it ends where it began.
export function drawn(line, closes) {
  const end = [line[0], line[1]];
  const gap = apart(end, line.slice(-2));
  if (lengthOf(line) < 0.5) return { closed: false, line: [line[0], line[1], line[0] + 0.3, line[1]] };
  const closed = closes(gap, lengthOf(line)) && line.length > 10;
  const calm = simpler(line, 0.2);
  if (closed && calm.length > 6) return { closed, line: simpler(rounder(calm.slice(0, -2), true), 0.03) };
  return { closed: false, line: simpler(rounder(calm, false), 0.03) };
}
