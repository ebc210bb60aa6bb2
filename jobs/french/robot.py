"""What drivers say of a robot, whatever it speaks."""

from typing import Final

SENTENCES: Final = {
    "Stopped: look at the robot, then connect it again.": "Arrêté : regardez le robot, puis reconnectez-le.",
    "The robot stopped by itself: nobody had given a sign of life for 0.6 s.": (
        "Le robot s'est arrêté de lui-même : plus aucun signe de vie depuis 0,6 s."
    ),
    "The line to {name} takes nothing: check its cable.": (
        "La liaison avec {name} ne prend rien : vérifiez son câble."
    ),
    "The robot takes no order any more: check its battery and its cable.": (
        "Le robot n'obéit plus : vérifiez sa batterie et son câble."
    ),
    "The robot was closed.": "Le robot a été déconnecté.",
    "The robot has nothing for that.": "Le robot n'a rien pour cela.",
    "This robot has {lack}: take that step out of the program.": (
        "Ce robot n'a {lack} : retirez cette étape du programme."
    ),
    "no wheels": "pas de roues",
    "no pen": "pas de stylo à lever",
    "no lamp": "pas de lampe",
    "nothing to sound with": "rien pour sonner",
    "No Thymio answers: switch it on, check its cable or its dongle, then connect it again.": (
        "Aucun Thymio ne répond : allumez-le, vérifiez son câble ou sa clé radio, puis reconnectez-le."
    ),
    "The robot answers no more: check its cable, its battery and its dongle, then connect it again.": (
        "Le robot ne répond plus : vérifiez son câble, sa batterie et sa clé radio, puis reconnectez-le."
    ),
    "The robot restarted by itself: check its battery, then connect it again.": (
        "Le robot a redémarré de lui-même : vérifiez sa batterie, puis reconnectez-le."
    ),
    "The robot says what makes no sense: check its cable, then connect it again.": (
        "Ce que dit le robot n'a pas de sens : vérifiez son câble, puis reconnectez-le."
    ),
    "Several robots answer on this line: give each a cable or a dongle of its own.": (
        "Plusieurs robots répondent sur cette liaison : donnez à chacun son câble ou sa clé radio."
    ),
    "This is no Thymio II but {name}: it lacks {parts}.": (
        "Ce n'est pas un Thymio II mais {name} : il lui manque {parts}."
    ),
    "The robot does not take our program: switch it off and on, connect again.": (
        "Le robot ne prend pas notre programme : éteignez-le, rallumez-le et reconnectez-le."
    ),
    "The program in the robot failed: switch it off and on, then connect again.": (
        "Le programme dans le robot a échoué : éteignez-le, rallumez-le et reconnectez-le."
    ),
    "The robot complains: {words}. Switch it off and on, then connect again.": (
        "Le robot se plaint : {words}. Éteignez-le, rallumez-le et reconnectez-le."
    ),
    "Another program has halted the robot: close it, then connect again.": (
        "Un autre programme a mis le robot en pause : fermez-le, puis reconnectez le robot."
    ),
    "The watchdog in the robot stands still: switch it off and on, then connect again.": (
        "Le gardien dans le robot ne tourne plus : éteignez-le, rallumez-le et reconnectez-le."
    ),
    "A message of {size} bytes is longer than any of Aseba's.": (
        "Un message de {size} octets est plus long que tous ceux d'Aseba."
    ),
    "The robot tells of more variables than its code could reach.": (
        "Le robot annonce plus de variables que son code ne pourrait en atteindre."
    ),
    "The robot tells of variables that it does not have.": ("Le robot parle de variables qu'il n'a pas."),
    "The robot told less than its message needs.": "Le robot en dit moins que son message ne l'exige.",
    "{port} is no virtual Thymio: write sim://thymio.": (
        "{port} n'est pas un Thymio virtuel : écrivez sim://thymio."
    ),
    "No StandardFirmata answers: switch the robot on, and load StandardFirmata onto its board if it has "
    "none.": (
        "Aucun StandardFirmata ne répond : allumez le robot, et chargez StandardFirmata sur sa carte s'il "
        "n'y est pas."
    ),
    "The robot's board answers no more, as when weak batteries make it start again: look whether it still "
    "moves, charge it or check its cable, then connect it again.": (
        "La carte du robot ne répond plus, comme quand des piles faibles la font redémarrer : regardez s'il "
        "bouge encore, rechargez-le ou vérifiez son câble, puis reconnectez-le."
    ),
    "The board's Firmata is too old to be trusted: load StandardFirmata 2.4 or newer onto it.": (
        "Le Firmata de la carte est trop ancien pour s'y fier : chargez-y StandardFirmata 2.4 ou plus récent."
    ),
    "The robot's board has started again, as with weak batteries: charge them, then connect it again.": (
        "La carte du robot a redémarré, comme avec des piles faibles : rechargez-les, puis reconnectez-le."
    ),
    "This board has no pin {pin} that can be used: correct the robot's profile.": (
        "Cette carte n'a pas de broche {pin} utilisable : corrigez le profil du robot."
    ),
    "Pin {pin} of this board cannot {use}: correct the robot's profile.": (
        "La broche {pin} de cette carte ne peut pas {use} : corrigez le profil du robot."
    ),
    "read a level": "lire un niveau",
    "be switched": "être commutée",
    "read a voltage": "lire une tension",
    "give a share of power": "doser la puissance",
    "move a servo": "commander un servo",
    "This board has no input A{channel}: correct the robot's profile.": (
        "Cette carte n'a pas d'entrée A{channel} : corrigez le profil du robot."
    ),
    "Its buzzer has one pitch only.": "Son vibreur ne connaît qu'une hauteur.",
    "Its firmware does not stop the motors when the cable or the computer fails: have them lose their power "
    "with the cable, or keep a hand on their switch.": (
        "Son programme interne n'arrête pas les moteurs si le câble ou l'ordinateur lâche : qu'ils perdent "
        "leur courant avec le câble, ou gardez la main sur leur interrupteur."
    ),
    "{name} needs a profile: nothing else says what hangs on the board's pins.": (
        "{name} a besoin d'un profil : rien d'autre ne dit ce qui est branché sur la carte."
    ),
    "No micro:bit with MicroPython answers: check its cable, and load MicroPython onto it if it runs "
    "something else.": (
        "Aucun micro:bit avec MicroPython ne répond : vérifiez son câble, et chargez-y MicroPython s'il "
        "contient autre chose."
    ),
    "The micro:bit answers no more: it stops by itself. Check its cable, then connect it again.": (
        "Le micro:bit ne répond plus : il s'arrête de lui-même. Vérifiez son câble, puis reconnectez-le."
    ),
    "The program on the micro:bit has ended, as when its reset button is pressed: connect it again.": (
        "Le programme du micro:bit est terminé, comme quand on appuie sur son bouton reset : reconnectez-le."
    ),
    "The program on the micro:bit has ended, as when its reset button is pressed: connect it again. It says: "
    "{words}": (
        "Le programme du micro:bit est terminé, comme quand on appuie sur son bouton reset : reconnectez-le. "
        "Il dit : {words}"
    ),
    "The micro:bit cannot run our program: load MicroPython onto it anew. It says: {words}": (
        "Le micro:bit ne peut pas exécuter notre programme : rechargez-y MicroPython. Il dit : {words}"
    ),
    "Pin {pin} of a micro:bit is not free: correct the robot's profile.": (
        "La broche {pin} d'un micro:bit n'est pas libre : corrigez le profil du robot."
    ),
    "Pin {pin} is used twice: correct the robot's profile.": (
        "La broche {pin} sert deux fois : corrigez le profil du robot."
    ),
    "Pin {pin} of a micro:bit reads no voltage: correct the robot's profile.": (
        "La broche {pin} d'un micro:bit ne lit pas de tension : corrigez le profil du robot."
    ),
}
