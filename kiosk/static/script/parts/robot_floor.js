// The floor with the robot: what the bike has reckoned is drawn as it would happen, in at most a few seconds.
const LONGEST_S = 14;
const SHARP_MM = 0.05;
const ROUND_MM = 140;
const LEAST_MM = 760;
const WALL_MM = 14;
const EDGE_MM = 10;
const SQUARE_MM = 100;

// Places of a rehearsal: [seconds, x, y, degrees, pen, lamp, step, pitch].
const [T, X, Y, DEG, PEN, LAMP, STEP, HZ] = [0, 1, 2, 3, 4, 5, 6, 7];

export class Floor {
  constructor(svg) {
    this.svg = svg;
    this.deep = Number(svg.dataset.depth);
    [this.robot, this.trace, this.lamp, this.notes] = ["robot", "trace", "lamp", "notes"].map((name) =>
      svg.querySelector(`[data-${name}]`),
    );
    this.calm = matchMedia("(prefers-reduced-motion: reduce)");
  }

  // Resolves with true when all was shown, with false when it was stopped.
  play(places, side, onStep) {
    this.stop();
    this.lay(side);
    this.places = places;
    this.onStep = onStep;
    this.strokes = strokesOf(places);
    this.look(places);
    this.at = 0;
    const end = places.at(-1)?.[T] ?? 0;
    const faster = Math.max(1, end / LONGEST_S);
    return new Promise((resolve) => {
      this.done = resolve;
      if (this.calm.matches) return this.finish(end);
      const began = performance.now();
      const tick = (now) => {
        const t = ((now - began) / 1000) * faster;
        if (t >= end) return this.finish(end);
        this.draw(t);
        this.frame = requestAnimationFrame(tick);
      };
      this.frame = requestAnimationFrame(tick);
    });
  }

  // Another robot may have another place to drive in.
  lay(side) {
    if (side === this.deep) return;
    this.deep = side;
    const [wall, ground, grid] = ["wall", "ground", "grid"].map((name) => this.svg.querySelector(`.${name}`));
    for (const edge of ["width", "height"]) {
      ground.setAttribute(edge, side);
      wall.setAttribute(edge, side + 2 * EDGE_MM);
    }
    const lines = Array.from({ length: Math.floor(side / SQUARE_MM) }, (_, i) => (i + 1) * SQUARE_MM);
    grid.setAttribute("d", lines.map((at) => `M${at} 0v${side}M0 ${at}h${side}`).join(""));
  }

  // As near as shows all that happens.
  look(places) {
    const spans = [X, Y].map((axis) => [Math.min(...places.map((at) => at[axis])), Math.max(...places.map((at) => at[axis]))]);
    const wanted = Math.max(LEAST_MM, ...spans.map(([low, high]) => high - low + 2 * ROUND_MM));
    const side = Math.min(wanted, this.deep + 2 * WALL_MM);
    const [x, y] = spans.map(([low, high]) => {
      const most = this.deep + WALL_MM - side;
      return Math.min(most, Math.max(-WALL_MM, (low + high - side) / 2));
    });
    this.svg.setAttribute("viewBox", `${x} ${this.deep - y - side} ${side} ${side}`);
  }

  finish(end) {
    this.draw(end);
    this.end(true);
  }

  stop() {
    cancelAnimationFrame(this.frame);
    this.end(false);
  }

  end(whole) {
    const done = this.done;
    this.done = undefined;
    this.notes.toggleAttribute("hidden", true);
    this.onStep?.(undefined);
    done?.(whole);
  }

  // The robot and its trace at one instant.
  draw(t) {
    const { places } = this;
    while (this.at < places.length - 1 && places[this.at + 1][T] <= t) this.at++;
    const [here, next] = [places[this.at], places[this.at + 1] ?? places[this.at]];
    const share = next[T] > here[T] ? Math.min(1, (t - here[T]) / (next[T] - here[T])) : 0;
    const between = (i) => here[i] + share * (next[i] - here[i]);
    this.stand(between(X), between(Y), between(DEG), here);
    this.trace.setAttribute("d", this.drawn(here[PEN] ? [between(X), between(Y)] : undefined));
    this.onStep?.(here[STEP]);
  }

  stand(x, y, deg, place) {
    this.robot.setAttribute("transform", `translate(${x} ${this.deep - y}) rotate(${-deg})`);
    this.robot.classList.toggle("pen-down", Boolean(place[PEN]));
    const [red, green, blue] = place[LAMP].split("/").map((pct) => Math.round(Number(pct) * 2.55));
    this.lamp.setAttribute("fill", red || green || blue ? `rgb(${red} ${green} ${blue})` : "#4d626b");
    this.lamp.classList.toggle("lit", Boolean(red || green || blue));
    this.notes.toggleAttribute("hidden", !place[HZ]);
    if (place[HZ]) this.notes.setAttribute("transform", `translate(${x} ${this.deep - y})`);
  }

  drawn(pen) {
    const path = this.strokes
      .map((stroke) => stroke.filter(({ index }) => index <= this.at).map(({ x, y }) => `${x} ${this.deep - y}`))
      .filter((points) => points.length);
    if (pen && path.length) path.at(-1).push(`${pen[0]} ${this.deep - pen[1]}`);
    return path.map((points) => `M${points.join("L")}`).join("");
  }
}

// Where the pen was down, without points that change nothing.
function strokesOf(places) {
  const strokes = [];
  let down = false;
  places.forEach((place, index) => {
    if (down) {
      const last = strokes.at(-1).at(-1);
      if (Math.hypot(place[X] - last.x, place[Y] - last.y) > SHARP_MM) strokes.at(-1).push({ x: place[X], y: place[Y], index });
    }
    if (place[PEN] && !down) strokes.push([{ x: place[X], y: place[Y], index }]);
    down = Boolean(place[PEN]);
  });
  return strokes;
}
