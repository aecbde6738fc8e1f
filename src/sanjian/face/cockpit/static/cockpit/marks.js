// Marks of the map: a standing is told by its shape first, by its colour second.

export const MARKS = {
  alarm: { tone: "alarm", icon: "alarm", shape: "octagon", colour: "alarm" },
  warn: { tone: "warn", icon: "warn", shape: "triangle", colour: "warn" },
  silent: { tone: "notice", icon: "offline", shape: "crossed", colour: "notice" },
  good: { tone: "good", icon: "ok", shape: "disc", colour: "good" },
  never: { tone: "", icon: "clock", shape: "ring", colour: "ink-3" },
  retired: { tone: "", icon: "lock", shape: "square", colour: "ink-3" },
};

export function drawMarks(map, colour, ratio) {
  for (const [name, mark] of Object.entries(MARKS)) {
    const size = Math.round(24 * ratio);
    const canvas = Object.assign(document.createElement("canvas"), { width: size, height: size });
    const pen = canvas.getContext("2d");
    pen.scale(ratio, ratio);
    pen.translate(12, 12);
    pen.lineWidth = 2;
    pen.lineJoin = "round";
    SHAPES[mark.shape](pen, colour(mark.colour), colour("panel"));
    map.addImage(name, pen.getImageData(0, 0, size, size), { pixelRatio: ratio });
  }
}

const polygon = (pen, sides, radius, turn) => {
  pen.beginPath();
  for (let i = 0; i < sides; i += 1) {
    const angle = turn + (2 * Math.PI * i) / sides;
    pen.lineTo(radius * Math.cos(angle), radius * Math.sin(angle));
  }
  pen.closePath();
};
const solid = (pen, fill, edge) => {
  pen.fillStyle = fill;
  pen.strokeStyle = edge;
  pen.stroke();
  pen.fill();
};
const stroke = (pen, colour, x1, y1, x2, y2) => {
  pen.strokeStyle = colour;
  pen.beginPath();
  pen.moveTo(x1, y1);
  pen.lineTo(x2, y2);
  pen.stroke();
};

const SHAPES = {
  octagon(pen, colour, panel) {
    polygon(pen, 8, 10, Math.PI / 8);
    solid(pen, colour, panel);
    stroke(pen, panel, 0, -5, 0, 1.5);
    stroke(pen, panel, 0, 4.5, 0, 5);
  },
  triangle(pen, colour, panel) {
    polygon(pen, 3, 10.5, -Math.PI / 2);
    solid(pen, colour, panel);
    stroke(pen, panel, 0, -4, 0, 1);
    stroke(pen, panel, 0, 3.5, 0, 4);
  },
  crossed(pen, colour, panel) {
    pen.beginPath();
    pen.arc(0, 0, 7, 0, 2 * Math.PI);
    pen.fillStyle = panel;
    pen.fill();
    pen.strokeStyle = colour;
    pen.stroke();
    stroke(pen, colour, -5, 5, 5, -5);
  },
  disc(pen, colour, panel) {
    pen.beginPath();
    pen.arc(0, 0, 6.5, 0, 2 * Math.PI);
    solid(pen, colour, panel);
  },
  ring(pen, colour, panel) {
    pen.beginPath();
    pen.arc(0, 0, 5.5, 0, 2 * Math.PI);
    pen.fillStyle = panel;
    pen.fill();
    pen.strokeStyle = colour;
    pen.setLineDash([2.5, 2]);
    pen.stroke();
    pen.setLineDash([]);
  },
  square(pen, colour, panel) {
    pen.beginPath();
    pen.rect(-5, -5, 10, 10);
    pen.fillStyle = panel;
    pen.fill();
    pen.strokeStyle = colour;
    pen.stroke();
  },
};
