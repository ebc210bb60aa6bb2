// The drawing itself: strokes in millimetres with what they mean, what was undone, and the file that is sent.
import { offLine, pathOf, points, simpler } from "./draw_line.js";

const MOST_POINTS = 3500; // the designs refuse more than 4,000
const INK = { engrave: "#000000", cut: "#ff0000" };
const CORNER_MM = 6;

export class Sheet {
  constructor(width, height) {
    [this.width, this.height] = [width, height];
    this.strokes = [];
    this.past = [];
    this.future = [];
  }

  change(strokes) {
    this.past.push(this.strokes);
    this.future = [];
    this.strokes = strokes;
  }

  add(stroke) {
    this.change([...this.strokes, stroke]);
  }

  // The last stroke grows: one step back takes off only what was added.
  replaceLast(stroke) {
    this.change([...this.strokes.slice(0, -1), stroke]);
  }

  eraseAt(point, reach) {
    const left = this.strokes.filter((stroke) => !this.touches(stroke, point, reach));
    if (left.length === this.strokes.length) return false;
    this.change(left);
    return true;
  }

  touches(stroke, point, reach) {
    return this.copies(stroke).some(({ line, closed }) => offLine(point, line, closed) <= reach);
  }

  undo() {
    if (!this.past.length) return;
    this.future.push(this.strokes);
    this.strokes = this.past.pop();
  }

  redo() {
    if (!this.future.length) return;
    this.past.push(this.strokes);
    this.strokes = this.future.pop();
  }

  // Where a symmetry puts a line besides its own place.
  moves(symmetry) {
    const [cx, cy] = [this.width / 2, this.height / 2];
    const mirror = ([x, y]) => [2 * cx - x, y];
    if (symmetry === "mirror") return [(point) => point, mirror];
    if (symmetry !== "six") return [(point) => point];
    return Array.from({ length: 6 }, (_, k) => {
      const [cos, sin] = [Math.cos((k * Math.PI) / 3), Math.sin((k * Math.PI) / 3)];
      const turn = ([x, y]) => [cx + (x - cx) * cos - (y - cy) * sin, cy + (x - cx) * sin + (y - cy) * cos];
      return [turn, (point) => turn(mirror(point))];
    }).flat();
  }

  copies(stroke) {
    return this.moves(stroke.symmetry).flatMap((move) =>
      stroke.lines.map(({ line, closed }) => ({ closed, kind: stroke.kind, line: points(line).flatMap(move) })),
    );
  }

  all() {
    return this.strokes.flatMap((stroke) => this.copies(stroke));
  }

  // The longer side of everything drawn.
  size() {
    const everything = this.all().flatMap(({ line }) => points(line));
    const side = (axis) => {
      const values = everything.map((point) => point[axis]);
      return Math.max(...values) - Math.min(...values);
    };
    return Math.max(side(0), side(1));
  }

  file(border, milled) {
    let [tolerance, lines] = [0.03, this.all()];
    const total = () => lines.reduce((sum, { line }) => sum + line.length / 2, 0);
    while (total() > MOST_POINTS && tolerance < 2) {
      tolerance *= 1.5;
      lines = lines.map((each) => ({ ...each, line: simpler(each.line, tolerance) }));
    }
    const paths = lines.map(({ line, closed, kind }) => paint(pathOf(line.map(short), closed), milled ? kind : "engrave"));
    if (border) paths.push(paint(roundedRectangle(this.width, this.height, CORNER_MM), "cut"));
    const size = `width="${this.width}mm" height="${this.height}mm" viewBox="0 0 ${this.width} ${this.height}"`;
    return `<svg xmlns="http://www.w3.org/2000/svg" ${size}>${paths.join("")}</svg>`;
  }

  written() {
    return JSON.stringify({ width: this.width, strokes: this.strokes });
  }

  // What was drawn on a sheet of another size fills this one as it filled that.
  read(text) {
    const { width, strokes } = JSON.parse(text);
    const factor = this.width / width;
    this.strokes = strokes.map((stroke) => ({
      ...stroke,
      lines: stroke.lines.map(({ line, closed }) => ({ closed, line: line.map((value) => short(value * factor)) })),
    }));
    this.past = this.strokes.map((_, i) => this.strokes.slice(0, i));
  }
}

const short = (value) => Math.round(value * 100) / 100;
const paint = (path, kind) => `<path d="${path}" fill="none" stroke="${INK[kind]}" stroke-width="1"/>`;

function roundedRectangle(width, height, r) {
  const [w, h] = [width - 2 * r, height - 2 * r];
  const corner = (x, y) => `a${r} ${r} 0 0 1 ${x} ${y}`;
  return `M${r} 0h${w}${corner(r, r)}v${h}${corner(-r, r)}h${-w}${corner(-r, -r)}v${-h}${corner(r, -r)}z`;
}
