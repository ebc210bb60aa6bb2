"""The program that a micro:bit runs for us: it takes lines, tells what it feels, and watches over its pins.

It is sent to the raw REPL at each connection and lives in memory only. A line states everything: a number,
the display's brightness, a pitch, each pin's value, and a sum. The same line again is a sign of life. After
`WATCH_MS` without one all is off, and only a line with another number turns anything on again. Ctrl-C ends
it, whatever it was doing; it then turns all off.
"""

from typing import Final

from drivers.robots.wiring import ServoWheel, Wiring

WATCH_MS: Final = 600
TELL_MS: Final = 50
SUM: Final = 997
SERVO_MS: Final = 20
MOTOR_MS: Final = 4
MARK: Final = "# DIPbike 1"

HALT: Final = """\
from microbit import *
for p in ({outputs}):p.write_digital(0)
import os,gc
print(os.uname().release)
def f(g):
 for n in list(g):
  if n[0]!='_':del g[n]
f(globals())
import gc
gc.collect()
"""
"""What ran before takes memory that the first board does not have twice: all names are forgotten."""

PIECES: Final = (
    """\
{mark}
from microbit import *
import music,micropython,gc
O=({outputs})
A=({inputs})
B=({contacts})
U={buzzer}
q=t=u=h=0
off=1
b=b''
""",
    """\
def hush():
 if U:music.stop(U)
def halt():
 for p in O:p.write_digital(0)
 {high}
 display.show(Image())
 hush()
def kbd(c):
 try:micropython.kbd_intr(c)
 except AttributeError:pass
""",
    """\
def tell():
 s=[q,off,button_a.is_pressed()+2*button_b.is_pressed()]+list(accelerometer.get_values())
 s+=[p.read_analog()for p in A]+[p.read_digital()for p in B]{light}
 print(','.join([str(x)for x in s+[sum(s)%{sum}]]))
""",
    """\
def do(l):
 global q,t,off,h
 try:a=[int(x)for x in l.split(b',')]
 except ValueError:return
 s=a.pop()
 if len(a)!=len(O)+3 or sum(a)%{sum}!=s:return
 t=running_time()
 if a[0]==q:return
 q=a[0]
 off=0
 for p,v in zip(O,a[3:]):
  if v<0:p.write_digital(-1-v)
  else:p.write_analog(v)
 display.show(Image('99999:'*5)*(a[1]/9)if a[1]else Image())
 if a[2]!=h:
  h=a[2]
  if h and U:music.pitch(h,-1,U,False)
  else:hush()
 tell()
""",
    """\
def look():
 global b,t,u,off,h
 n=running_time()
 c=uart.read()
 if c:
  if b'\\x03'in c:return 0
  *l,b=(b+c).split(b'\\n')
  for x in l:do(x)
  if len(b)>99:b=b''
 if n-t>{watch} and not off:
  off=1
  h=0
  halt()
 if n-u>={tell}:
  u=n
  tell()
 return 1
def run():
 kbd(-1)
 try:
  halt()
  for p in O:
   try:p.set_analog_period({period})
   except:pass
  for p in B:
   p.read_digital()
   p.set_pull({pull})
  while look():pass
 finally:
  halt()
  kbd(3)
""",
)

KEEP: Final = """\
p=r'''{text}'''
z=0
for c in p:z=(z*{factor}+ord(c))%{modulus}
if z=={digest}:exec(p)
print(z)
"""
"""The raw REPL checks nothing: a piece is run only if it has arrived whole, and the board tells its digest.

All at once would be too much for the memory of the first board: measured, 9.4 kB are free.
"""
FACTOR: Final = 31
MODULUS: Final = 65521
START: Final = "p=0\ngc.collect()\nrun()\n"


def kept(text: str) -> str:
    """Return what has a board take a piece of the program and tell its digest."""
    return KEEP.format(text=text, factor=FACTOR, modulus=MODULUS, digest=digest(text))


def digest(text: str) -> str:
    """Return what a board tells of a program that has arrived whole."""
    found = 0
    for letter in text:
        found = (found * FACTOR + ord(letter)) % MODULUS
    return str(found)


def outputs(wiring: Wiring) -> tuple[int, ...]:
    """Return the pins that lines set, in the order of their values."""
    pens = (wiring.pen.pin,) if wiring.pen else ()
    lights = wiring.lamp.pins if wiring.lamp else ()
    return tuple(pin for wheel in wiring.wheels for pin in wheel.pins) + pens + lights


def high_at_rest(wiring: Wiring) -> tuple[int, ...]:
    """Return the pins of lights that are off while their pin is high."""
    return wiring.lamp.pins if wiring.lamp is not None and wiring.lamp.is_common_anode else ()


def halt_program(wiring: Wiring) -> str:
    """Return what turns all motors off at once, whatever ran before, and tells the firmware's release."""
    return HALT.format(outputs=_names(outputs(wiring)))


def loop_program(wiring: Wiring, *, feels_light: bool = True) -> tuple[str, ...]:
    """Return the pieces of a robot's program; without `feels_light` the display is not asked for light."""
    has_servo = wiring.pen is not None or any(isinstance(wheel, ServoWheel) for wheel in wiring.wheels)
    high = high_at_rest(wiring)
    words = {
        "mark": MARK,
        "outputs": _names(outputs(wiring)),
        "inputs": _names(tuple(sensor.channel for sensor in wiring.sensors)),
        "contacts": _names(tuple(contact.pin for contact in wiring.contacts)),
        "buzzer": "None" if wiring.buzzer_pin is None else f"pin{wiring.buzzer_pin}",
        "high": f"for p in ({_names(high)}):p.write_digital(1)" if high else "pass",
        "light": "+[display.read_light_level()]" if feels_light else "",
        "pull": _pull(wiring),
        "period": SERVO_MS if has_servo else MOTOR_MS,
        "watch": WATCH_MS,
        "tell": TELL_MS,
        "sum": SUM,
    }
    return tuple(piece.format(**words) for piece in PIECES)


def _pull(wiring: Wiring) -> str:
    """Return how the board pulls its contacts: up where they go to ground."""
    up = _names(tuple(contact.pin for contact in wiring.contacts if contact.is_pulled_up))
    return f"p.PULL_UP if p in ({up}) else p.PULL_DOWN"


def _names(pins: tuple[int, ...]) -> str:
    """Return pins as members of a tuple, also of one or none."""
    return "".join(f"pin{pin}," for pin in pins)
