// Reads a path stream (docs/path-stream.md): layers of runs of points, in millimetres.
const MAGIC = 0x44495050;
const VERSION = 1;
const HEAD = 12;
const LAYER = 20;
export const TRAVEL = 0;

export function readPaths(buffer) {
  const view = new DataView(buffer);
  if (view.getUint32(0) !== MAGIC || view.getUint8(4) !== VERSION) throw new Error("no path stream");
  const mm = view.getUint16(6, true) / 1000;
  const reader = { view, at: HEAD };
  return Array.from({ length: view.getUint32(8, true) }, () => readLayer(reader, mm));
}

function readLayer(reader, mm) {
  const { view, at } = reader;
  const place = { x: view.getInt32(at + 4, true), y: view.getInt32(at + 8, true) };
  const count = view.getUint32(at + 12, true);
  reader.at = at + LAYER;
  const runs = Array.from({ length: count }, () => readRun(reader, place, mm));
  return { z: view.getInt32(at, true) * mm, runs, steps: runs.reduce((sum, run) => sum + run.points.length / 2 - 1, 0) };
}

function readRun(reader, place, mm) {
  const kind = varint(reader);
  const points = new Float32Array(2 * varint(reader) + 2);
  points[0] = place.x * mm;
  points[1] = place.y * mm;
  for (let at = 2; at < points.length; at += 2) {
    place.x += varint(reader);
    place.y += varint(reader);
    points[at] = place.x * mm;
    points[at + 1] = place.y * mm;
  }
  return { kind, points };
}

function varint(reader) {
  let value = 0;
  let weight = 1;
  let byte;
  do {
    byte = reader.view.getUint8(reader.at++);
    value += (byte & 127) * weight;
    weight *= 128;
  } while (byte & 128);
  return value % 2 ? -(value + 1) / 2 : value / 2;
}
