// What only the mediator's phone needs.
import "./parts/stop.js";
import "./parts/hold.js";
