// Joins the corners of triangles that stand at one place, so that a graphics chip works on each place once.
const CELLS_PER_MM = 1000;

// `corners` holds three numbers a corner; returns the places and, for each corner, the number of its place.
export function weld(corners) {
  const count = corners.length / 3;
  const index = new Uint32Array(count);
  const places = new Float32Array(corners.length);
  const mask = 2 ** Math.ceil(Math.log2(Math.max(count, 1) * 2)) - 1;
  const table = new Int32Array(mask + 1).fill(-1);
  let used = 0;
  for (let corner = 0; corner < count; corner++) {
    const at = 3 * corner;
    let slot = hash(corners[at], corners[at + 1], corners[at + 2]) & mask;
    while (table[slot] >= 0 && !same(places, 3 * table[slot], corners, at)) slot = (slot + 1) & mask;
    if (table[slot] < 0) {
      places.set(corners.subarray(at, at + 3), 3 * used);
      table[slot] = used++;
    }
    index[corner] = table[slot];
  }
  return { places: places.slice(0, 3 * used), index };
}

function hash(x, y, z) {
  const mixed = Math.imul(x * CELLS_PER_MM, 73856093) ^ Math.imul(y * CELLS_PER_MM, 19349663) ^ Math.imul(z * CELLS_PER_MM, 83492791);
  return mixed ^ (mixed >>> 15);
}

function same(places, at, corners, from) {
  return places[at] === corners[from] && places[at + 1] === corners[from + 1] && places[at + 2] === corners[from + 2];
}
