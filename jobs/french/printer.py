"""What drivers say of a printer, on a cable or behind an OctoPrint."""

from typing import Final

SENTENCES: Final = {
    "The printer no longer answers: check its cable and its power.": (
        "L'imprimante ne répond plus : vérifiez son câble et son courant."
    ),
    "The printer does not tell where it stands, so nobody knows whether it has finished.": (
        "L'imprimante ne dit pas où elle en est : personne ne sait si elle a fini."
    ),
    "The printer was stopped: restart it, check it, then re-arm it.": (
        "L'imprimante a été arrêtée : redémarrez-la, vérifiez-la, puis réarmez-la."
    ),
    "The printer restarted by itself: check its power, then re-arm it.": (
        "L'imprimante a redémarré d'elle-même : vérifiez son courant, puis réarmez-la."
    ),
    "The printer restarted in the middle of the program.": (
        "L'imprimante a redémarré au milieu du programme."
    ),
    "The printer asked for the same line ten times: check its cable for noise.": (
        "L'imprimante a redemandé dix fois la même ligne : vérifiez son câble."
    ),
    "The printer asks for a line that it cannot lack: restart it.": (
        "L'imprimante redemande une ligne qui ne peut pas lui manquer : redémarrez-la."
    ),
    "The printer waits for a person: look at its own screen, for example for new filament.": (
        "L'imprimante attend quelqu'un : regardez son écran, par exemple pour remettre du filament."
    ),
    "The printer reported an error without a text.": "L'imprimante a signalé une erreur sans rien en dire.",
    "The {heater} tells {reading}, which cannot be: check its sensor and its wires.": (
        "{heater} : {reading}, c'est impossible. Vérifiez le capteur et ses fils."
    ),
    "The {heater} does not hold {target} degrees: check heater and sensor.": (
        "{heater} : les {target} degrés ne tiennent pas. Vérifiez la chauffe et le capteur."
    ),
    "The {heater} is heated but does not get warmer: check heater and sensor.": (
        "{heater} : ça chauffe sans devenir plus chaud. Vérifiez la chauffe et le capteur."
    ),
    "{number} degrees": "{number} degrés",
    "no number": "autre chose qu'un nombre",
    "hotend": "Tête",
    "bed": "Plateau",
    "no emergency parser: a stop waits behind what the board already holds": (
        "pas d'arrêt immédiat : un arrêt attend que la carte ait fini ce qu'elle a déjà reçu"
    ),
    "no thermal protection: the firmware does not watch its heaters": (
        "pas de protection thermique : le micrologiciel ne surveille pas ses chauffes"
    ),
    "no M85: the board keeps heating when the computer dies": (
        "pas de M85 : la carte continue de chauffer si l'ordinateur meurt"
    ),
    "OctoPrint feeds the printer: a print goes on when the bike's computer or the link to OctoPrint fails": (
        "OctoPrint nourrit l'imprimante : elle continue si l'ordinateur du vélo ou la liaison tombe"
    ),
    "no dead-man timer in the printer: it stays heated if OctoPrint dies": (
        "pas de minuterie de sécurité dans l'imprimante : elle reste chaude si OctoPrint meurt"
    ),
    "OctoPrint restarted or closed its connection in the middle: check the printer, then re-arm it.": (
        "OctoPrint a redémarré ou coupé sa liaison au milieu : vérifiez l'imprimante, puis réarmez-la."
    ),
    "The print was cancelled in OctoPrint: by a person there, or because the printer restarted.": (
        "L'impression a été annulée dans OctoPrint : par une personne, ou parce que l'imprimante a redémarré."
    ),
    "OctoPrint took the program but did not begin to print it.": (
        "OctoPrint a pris le programme mais n'a pas commencé à l'imprimer."
    ),
    "OctoPrint has lost its printer: check the cable and the power of the printer.": (
        "OctoPrint a perdu son imprimante : vérifiez le câble et le courant de l'imprimante."
    ),
    "What watches OctoPrint has ended: re-arm the printer.": (
        "Ce qui surveille OctoPrint s'est terminé : réarmez l'imprimante."
    ),
    "The stop did not reach the printer: OctoPrint has no connection to it. Switch it off by hand.": (
        "L'arrêt n'a pas atteint l'imprimante : OctoPrint n'y est pas relié. Éteignez-la à la main."
    ),
    "The stop did not reach OctoPrint: switch the printer off by hand.": (
        "L'arrêt n'a pas atteint OctoPrint : éteignez l'imprimante à la main."
    ),
    "OctoPrint does not finish its answer.": "OctoPrint ne finit pas sa réponse.",
    "OctoPrint prints something that was not started here: end it there first.": (
        "OctoPrint imprime ce qui n'a pas été lancé ici : terminez-le d'abord là-bas."
    ),
    "OctoPrint is not ready: {state}.": "OctoPrint n'est pas prêt : {state}.",
    "OctoPrint still pauses its print: try again in a moment.": (
        "OctoPrint met encore l'impression en pause : réessayez dans un instant."
    ),
    "OctoPrint has no connection to its printer ({why}): check that the printer is switched on, "
    "and its port in OctoPrint.": (
        "OctoPrint n'est pas relié à son imprimante ({why}) : vérifiez qu'elle est allumée, et son port dans "
        "OctoPrint."
    ),
    "Something answers there, but it is no OctoPrint.": (
        "Quelque chose répond là, mais ce n'est pas OctoPrint."
    ),
    "OctoPrint does not answer: check that it runs, the network and its address in dipbike.toml.": (
        "OctoPrint ne répond pas : vérifiez qu'il tourne, le réseau et son adresse dans dipbike.toml."
    ),
    "OctoPrint refuses this now: {said}": "OctoPrint refuse cela maintenant : {said}",
    "OctoPrint answered: {said}": "OctoPrint a répondu : {said}",
    "{url} is no OctoPrint server: write octoprint://host:port.": (
        "{url} n'est pas un serveur OctoPrint : écrivez octoprint://hôte:port."
    ),
    "dipbike.toml names no api_key_file: write an API key of OctoPrint to one.": (
        "dipbike.toml ne nomme pas d'api_key_file : écrivez-y une clé d'API d'OctoPrint."
    ),
    "The API key in {file} cannot be read: {why}.": "La clé d'API dans {file} ne peut pas être lue : {why}.",
    "OctoPrint has no such file.": "OctoPrint n'a pas ce fichier.",
    "{file} holds no API key of OctoPrint.": "{file} ne contient pas de clé d'API d'OctoPrint.",
}
