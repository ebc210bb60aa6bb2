// What only the mediator's phone needs.
import "./parts/stop.js";
import "./parts/hold.js";
import "./parts/press.js";
import "./parts/order.js";
import "./parts/badge.js";
import "./parts/alert.js";
