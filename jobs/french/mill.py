"""What drivers say of a mill; its numbered errors and alarms are GRBL's, said anew."""

from typing import Final

SENTENCES: Final = {
    "The mill is locked in an alarm: look at the tool, switch the mill off and on, then re-arm it.": (
        "La fraiseuse est verrouillée par une alarme : regardez l'outil, éteignez-la et rallumez-la, "
        "puis réarmez-la."
    ),
    "The mill has stopped answering: check its cable and its power.": (
        "La fraiseuse ne répond plus : vérifiez son câble et son courant."
    ),
    "The mill does not answer: check its power and its baud rate.": (
        "La fraiseuse ne répond pas : vérifiez son courant et sa vitesse de liaison."
    ),
    "The mill has restarted by itself: look at it, then re-arm it.": (
        "La fraiseuse a redémarré d'elle-même : regardez-la, puis réarmez-la."
    ),
    "The mill left its dry run by itself: look at it, then re-arm it.": (
        "La fraiseuse a quitté d'elle-même sa relecture à blanc : regardez-la, puis réarmez-la."
    ),
    "The mill does not enter its dry run ($C).": "La fraiseuse n'entre pas en relecture à blanc ($C).",
    "The mill answered a line that it was not sent: its count of lines cannot be trusted.": (
        "La fraiseuse a répondu à une ligne jamais envoyée : son compte de lignes n'est pas sûr."
    ),
    "The mill went into the state {state} by itself: look at it, then re-arm it.": (
        "La fraiseuse est passée d'elle-même à l'état {state} : regardez-la, puis réarmez-la."
    ),
    "The mill is not idle but in the state {state}: the program was not begun.": (
        "La fraiseuse n'est pas au repos mais à l'état {state} : le programme n'a pas commencé."
    ),
    "The mill is not idle but in the state {state}: bring it to rest, then re-arm it.": (
        "La fraiseuse n'est pas au repos mais à l'état {state} : mettez-la au repos, puis réarmez-la."
    ),
    "An answer of the mill was lost, to the line {line} or an earlier one: the program cannot go on.": (
        "Une réponse de la fraiseuse s'est perdue, à la ligne {line} ou avant : le programme ne peut pas "
        "continuer."
    ),
    "{count} answers of the mill arrived damaged, so its lines may be too: check the cable.": (
        "{count} réponses de la fraiseuse sont arrivées abîmées, peut-être ses lignes aussi : "
        "vérifiez le câble."
    ),
    "The mill seems to have refused a line, its answer {text} arrived damaged: check the cable.": (
        "La fraiseuse semble avoir refusé une ligne, sa réponse {text} est arrivée abîmée : "
        "vérifiez le câble."
    ),
    "The program ends at {end} but the mill reports {place}: a line was damaged. "
    "Do not trust the piece; check the cable and the zero.": (
        "Le programme finit à {end} mais la fraiseuse se dit à {place} : une ligne a été abîmée. "
        "Ne vous fiez pas à la pièce ; vérifiez le câble et le zéro."
    ),
    "The mill reports {place}, where no line has sent it: a line was damaged. Check the cable.": (
        "La fraiseuse se dit à {place}, où aucune ligne ne l'envoie : une ligne a été abîmée. "
        "Vérifiez le câble."
    ),
    "The mill refused the line {line}: {reason} (error:{code}).": (
        "La fraiseuse a refusé la ligne {line} : {reason} (error:{code})."
    ),
    "The mill locked itself: {reason} (ALARM:{code}). Look at the tool, then re-arm the mill.": (
        "La fraiseuse s'est verrouillée : {reason} (ALARM:{code}). Regardez l'outil, puis réarmez-la."
    ),
    "The door of the mill is open.": "Le capot de la fraiseuse est ouvert.",
    "The door of the mill is open: close it first.": (
        "Le capot de la fraiseuse est ouvert : fermez-le d'abord."
    ),
    "The mill does not go on: is its door closed?": "La fraiseuse ne repart pas : son capot est-il fermé ?",
    "Paused, spindle off.": "En pause, broche arrêtée.",
    "Dry run: nothing moves.": "Relecture à blanc : rien ne bouge.",
    "A dry run cannot be paused: nothing moves. Cancel it instead.": (
        "Une relecture à blanc ne se met pas en pause : rien ne bouge. Annulez-la plutôt."
    ),
    "The mill was closed.": "La liaison avec la fraiseuse a été fermée.",
    "Stopped: look at the tool, then re-arm the mill.": (
        "Arrêtée : regardez l'outil, puis réarmez la fraiseuse."
    ),
    "The program has just ended.": "Le programme vient de finir.",
    "The outline cannot be drawn in the air.": "Le contour ne peut pas être tracé en l'air.",
    "The outline has no bounds: this program does not tell where it works.": (
        "Le contour n'a pas de bornes : ce programme ne dit pas où il travaille."
    ),
    "The mill has not yet told where its tool is: wait a moment.": (
        "La fraiseuse n'a pas encore dit où est son outil : attendez un instant."
    ),
    "The program holds a line that must never reach a mill.": (
        "Le programme contient une ligne qui ne doit jamais atteindre une fraiseuse."
    ),
    "Line {number} of the program: {reason}": "Ligne {number} du programme : {reason}",
    "Line {number} of the program was refused:": "La ligne {number} du programme est refusée :",
    "{where} it is longer than {most} characters.": "{where} elle a plus de {most} caractères.",
    "{where} it holds a character that is not printable ASCII.": "{where} un caractère n'est pas de l'ASCII.",
    "{where} it holds a command to the firmware itself.": "{where} elle commande le micrologiciel lui-même.",
    "{where} it holds a character that the mill obeys at once.": (
        "{where} la fraiseuse obéirait aussitôt à l'un de ses caractères."
    ),
    "The mill reports inches: set $13=0 first.": "La fraiseuse compte en pouces : réglez d'abord $13=0.",
    "The mill is in laser mode, its spindle would stop in mid-cut: set $32=0 first.": (
        "La fraiseuse est en mode laser, sa broche s'arrêterait en pleine coupe : réglez d'abord $32=0."
    ),
    "The mill would run its stored start line {line} by itself: clear it with $N0= first.": (
        "La fraiseuse lancerait d'elle-même sa ligne de départ {line} : effacez-la d'abord par $N0=."
    ),
    "The mill's answer about its stored start lines was damaged: check the cable.": (
        "La réponse de la fraiseuse sur ses lignes de départ est arrivée abîmée : vérifiez le câble."
    ),
    "the mill does not tell whether it stores start lines": (
        "la fraiseuse ne dit pas si elle garde des lignes de départ"
    ),
    "no limit switches: the position is the one it was found at": (
        "pas de fins de course : la position est celle où elle se trouvait"
    ),
    "no soft limits: only the program is checked against the room": (
        "pas de limites logicielles : seul le programme est comparé à la place qu'il y a"
    ),
    "homing is off ($22=0) although the mill has switches": (
        "la prise d'origine est coupée ($22=0) alors que la fraiseuse a des fins de course"
    ),
    "full spindle speed is $30={told} and not {wanted} rpm": (
        "la pleine vitesse de broche est $30={told} et non {wanted} tr/min"
    ),
    "${number}={told} and not {wanted} mm of room": "${number}={told} et non {wanted} mm de course",
    "${number}={told} and not {wanted} mm/min at most": "${number}={told} et non {wanted} mm/min au plus",
    "${number}={told} and not {wanted} mm/s² of acceleration": (
        "${number}={told} et non {wanted} mm/s² d'accélération"
    ),
    "a letter was expected": "une lettre manque",
    "a number is missing or malformed": "un nombre manque ou est mal écrit",
    "the command is unknown": "la commande est inconnue",
    "a value is negative": "une valeur est négative",
    "homing is not set up": "la prise d'origine n'est pas réglée",
    "the command needs a standing machine": "la commande demande une machine immobile",
    "the machine is locked": "la machine est verrouillée",
    "the line is too long": "la ligne est trop longue",
    "the move leaves the machine's room": "le mouvement sort de la machine",
    "the command is not supported": "la commande n'est pas prise en charge",
    "two commands of one group stand in the line": "deux commandes du même groupe sont dans la ligne",
    "no feed rate was given": "aucune vitesse d'avance n'est donnée",
    "a whole number was expected": "il faut un nombre entier",
    "two commands need the axes": "deux commandes se disputent les axes",
    "a word stands twice": "un mot est écrit deux fois",
    "the axes are missing": "les axes manquent",
    "a value is missing": "une valeur manque",
    "the target of the arc makes no sense": "l'arrivée de l'arc n'a pas de sens",
    "the radius of the arc makes no sense": "le rayon de l'arc n'a pas de sens",
    "the centre of the arc is missing": "le centre de l'arc manque",
    "a word is not used": "un mot ne sert à rien",
    "see GRBL's list of errors": "voir la liste des erreurs de GRBL",
    "a limit switch was hit, the position is lost": (
        "une fin de course a été touchée, la position est perdue"
    ),
    "a move would have left the machine's room": "un mouvement serait sorti de la machine",
    "it was reset while it moved, the position may be off": (
        "remise à zéro en plein mouvement, la position est peut-être fausse"
    ),
    "the probe was not in its first state": "le palpeur n'était pas dans son état de départ",
    "the probe touched nothing": "le palpeur n'a rien touché",
    "it was reset while homing": "remise à zéro pendant la prise d'origine",
    "the door opened while homing": "le capot s'est ouvert pendant la prise d'origine",
    "a limit switch stayed pressed while homing": "une fin de course est restée pressée à l'origine",
    "no limit switch was found while homing": "aucune fin de course trouvée à l'origine",
    "the second limit switch was not found while homing, or the emergency stop is pressed": (
        "la seconde fin de course manque à l'origine, ou l'arrêt d'urgence est pressé"
    ),
    "it must be homed first": "il faut d'abord faire l'origine",
    "a limit switch is pressed": "une fin de course est pressée",
    "the probe protection was hit": "la protection du palpeur a été touchée",
    "the spindle does not reach its speed": "la broche n'atteint pas sa vitesse",
    "the second motor of an axis was not found while homing": (
        "le second moteur d'un axe manque à la prise d'origine"
    ),
    "the mill tests itself and failed": "la fraiseuse a échoué à se tester",
    "a motor driver has failed": "un pilote de moteur est en panne",
    "see GRBL's list of alarms": "voir la liste des alarmes de GRBL",
}
