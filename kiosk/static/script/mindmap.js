// The page where one makes a mind map.
import "./parts/mindmap.js";
