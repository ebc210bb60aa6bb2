// The page where one programs a robot.
import "./parts/robot.js";
