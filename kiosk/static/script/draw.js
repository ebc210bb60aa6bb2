// The page where one draws.
import "./parts/draw.js";
