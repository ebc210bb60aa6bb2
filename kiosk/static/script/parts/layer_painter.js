// Paints layers of a program up to one step: what is done in the cool colours of its height, the last layer warm.
import { TRAVEL } from "./paths.js";

const TURN = (-30 * Math.PI) / 180;
const TILT = (50 * Math.PI) / 180;
const MARGIN = 0.06;
const LOW = [28, 78, 92];
const HIGH = [120, 205, 214];
const WARM = "#e8684a";
const WAY = "rgb(29 53 64 / 25%)";
const TOOL = "#1d3540";
const GHOST = 0.05;
const GHOSTS = 6;

export class Painter {
  constructor(canvas, layers, flat) {
    this.canvas = canvas;
    this.layers = layers;
    this.flat = flat;
    this.done = document.createElement("canvas");
    this.painted = 0;
    this.low = layers[0].z;
    this.span = Math.max(layers.at(-1).z - this.low, 0.001);
    this.box = this.bounds();
  }

  project(x, y, z) {
    if (this.flat) return [x, -y];
    const right = x * Math.cos(TURN) - y * Math.sin(TURN);
    const back = x * Math.sin(TURN) + y * Math.cos(TURN);
    return [right, -(back * Math.sin(TILT) + z * Math.cos(TILT))];
  }

  bounds() {
    const box = [Infinity, Infinity, -Infinity, -Infinity];
    // The first layer holds the line that primes the nozzle, far from the object.
    for (const { z, runs } of this.layers.length > 2 ? this.layers.slice(1) : this.layers) {
      for (const { kind, points } of runs) {
        if (kind === TRAVEL) continue;
        for (let at = 0; at < points.length; at += 2) {
          const [x, y] = this.project(points[at], points[at + 1], z);
          box[0] = Math.min(box[0], x);
          box[1] = Math.min(box[1], y);
          box[2] = Math.max(box[2], x);
          box[3] = Math.max(box[3], y);
        }
      }
    }
    return box;
  }

  resize(width, height) {
    for (const canvas of [this.canvas, this.done]) Object.assign(canvas, { width, height });
    const [left, top, right, bottom] = this.box;
    const room = [width * (1 - 2 * MARGIN), height * (1 - 2 * MARGIN)];
    this.scale = Math.min(room[0] / Math.max(right - left, 1), room[1] / Math.max(bottom - top, 1));
    this.shift = [width / 2 - ((left + right) / 2) * this.scale, height / 2 - ((top + bottom) / 2) * this.scale];
    this.clear();
  }

  // What is still to be made shines through from the beginning.
  clear() {
    this.painted = 0;
    const base = this.done.getContext("2d");
    base.clearRect(0, 0, this.done.width, this.done.height);
    base.globalAlpha = GHOST;
    const step = Math.ceil(this.layers.length / GHOSTS);
    for (let index = this.layers.length - 1; index >= 0; index -= step) this.stroke(base, index, Infinity, TOOL);
    base.globalAlpha = 1;
  }

  // `steps` counts the points of the whole program.
  paint(steps) {
    if (!this.scale) return;
    let count = 0;
    let left = steps;
    while (count < this.layers.length && left >= this.layers[count].steps) left -= this.layers[count++].steps;
    const base = this.done.getContext("2d");
    if (count < this.painted) this.clear();
    for (; this.painted < count; this.painted++) this.stroke(base, this.painted, Infinity, this.cool(this.painted));
    const whole = this.canvas.getContext("2d");
    whole.clearRect(0, 0, this.canvas.width, this.canvas.height);
    whole.drawImage(this.done, 0, 0);
    if (left < 1) this.stroke(whole, count - 1, Infinity, WARM);
    else this.dot(whole, this.stroke(whole, count, left, WARM));
  }

  cool(index) {
    const share = this.flat ? 0 : (this.layers[index].z - this.low) / this.span;
    return `rgb(${LOW.map((low, at) => Math.round(low + (HIGH[at] - low) * share)).join(" ")})`;
  }

  // Returns the place where the tool stands after so many steps.
  stroke(context, index, steps, colour) {
    const layer = this.layers[index];
    if (!layer) return null;
    const place = [0, 0];
    context.lineWidth = Math.max(1, Math.min(this.scale * 0.4, 4));
    context.lineJoin = "round";
    let left = steps;
    for (const travels of this.flat ? [true, false] : [false]) {
      left = steps;
      context.strokeStyle = travels ? WAY : colour;
      context.beginPath();
      for (const { kind, points } of layer.runs) {
        if (left < 1) break;
        const end = Math.min(points.length / 2 - 1, Math.floor(left));
        left -= end;
        this.trace(context, points, end, layer.z, (kind === TRAVEL) === travels, place);
      }
      context.stroke();
    }
    return place;
  }

  trace(context, points, end, z, drawn, place) {
    for (let at = drawn ? 0 : end; at <= end; at++) {
      const [x, y] = this.project(points[2 * at], points[2 * at + 1], z);
      place[0] = x * this.scale + this.shift[0];
      place[1] = y * this.scale + this.shift[1];
      if (!drawn) continue;
      if (at) context.lineTo(...place);
      else context.moveTo(...place);
    }
  }

  dot(context, place) {
    if (!place) return;
    context.fillStyle = TOOL;
    context.beginPath();
    context.arc(...place, Math.max(5, this.canvas.width / 90), 0, 2 * Math.PI);
    context.fill();
  }
}
