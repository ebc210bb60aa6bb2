"""What drivers say of the line to a machine, and of any machine."""

from typing import Final

SENTENCES: Final = {
    "The machine could not do what was asked.": "La machine n'a pas pu faire ce qui était demandé.",
    "The line to the machine failed.": "La liaison avec la machine a échoué.",
    "There is no such port: check the cable and the name in dipbike.toml.": (
        "Ce port n'existe pas : vérifiez le câble et le nom dans dipbike.toml."
    ),
    "Another program holds this port: close it and try again.": (
        "Un autre programme tient ce port : fermez-le et réessayez."
    ),
    "The line to the machine was lost: check its cable and its power, then re-arm it.": (
        "La liaison avec la machine est perdue : vérifiez son câble et son courant, puis réarmez-la."
    ),
    "The server refuses the API key: make a new one for the file that dipbike.toml names.": (
        "Le serveur refuse la clé d'API : faites-en une nouvelle pour le fichier nommé dans dipbike.toml."
    ),
    "The machine answered something that its protocol does not allow.": (
        "La machine a répondu ce que son protocole ne permet pas."
    ),
    "The machine did not answer in time: check that it is switched on and its baud rate.": (
        "La machine n'a pas répondu à temps : vérifiez qu'elle est allumée, et sa vitesse de liaison."
    ),
    "The machine reported a fault and is latched until a person re-arms it.": (
        "La machine a signalé un défaut et reste bloquée jusqu'à ce qu'une personne la réarme."
    ),
    "The machine is busy or not ready: wait until it is idle.": (
        "La machine est occupée ou pas prête : attendez qu'elle soit au repos."
    ),
    "The program was cancelled before its end.": "Le programme a été annulé avant sa fin.",
    "The program was interrupted: nothing resumes by itself.": (
        "Le programme a été interrompu : rien ne reprend de soi-même."
    ),
    "The machine takes no more bytes: check its cable and its power.": (
        "La machine ne prend plus rien : vérifiez son câble et son courant."
    ),
    "The thread that talks to the machine failed; see the log.": (
        "Ce qui parle à la machine a échoué ; voir le journal du vélo."
    ),
    "Nothing answers at {url}: {why}.": "Rien ne répond à {url} : {why}.",
    "There is no port {path}: check the cable and the name in dipbike.toml.": (
        "Il n'y a pas de port {path} : vérifiez le câble et le nom dans dipbike.toml."
    ),
    "Another program holds {path}: close it and try again.": (
        "Un autre programme tient {path} : fermez-le et réessayez."
    ),
    "This user may not open {path}: add it to the group of serial ports.": (
        "Cet utilisateur ne peut pas ouvrir {path} : ajoutez-le au groupe des ports série."
    ),
    "{url} is no port: write /dev/serial/by-id/… or socket://host:port.": (
        "{url} n'est pas un port : écrivez /dev/serial/by-id/… ou socket://hôte:port."
    ),
    "{url} is no address: write socket://host:port.": (
        "{url} n'est pas une adresse : écrivez socket://hôte:port."
    ),
    "{name} is {state} and cannot become {next}.": "{name} est dans l'état « {state} », pas « {next} ».",
    "{name} is {state}: {why}": "{name} est dans l'état « {state} » : {why}",
    "{name} is {state}.": "{name} est dans l'état « {state} ».",
    "{name} is not connected.": "{name} n'est pas reliée.",
    "{name} did not do in time what was asked.": "{name} n'a pas fait à temps ce qui était demandé.",
    "The machine does not do this by hand now; nothing was sent.": (
        "La machine ne fait pas cela à la main maintenant ; rien n'a été envoyé."
    ),
    "Not done by hand: {reason}.": "Pas fait à la main : {reason}.",
    "Interrupted: {why}": "La fabrication a été interrompue. {why}",
    "Link lost: {why}": "La liaison avec la machine est perdue. {why}",
    "Machine fault: {why}": "La machine signale un défaut. {why}",
    "Machine not ready: {why}": "La machine n'était pas prête. {why}",
    "Wrong answer: {why}": "La machine a mal répondu. {why}",
    "Machine error: {why}": "La machine n'a pas pu continuer. {why}",
    "offline": "débranchée",
    "connecting": "se connecte",
    "idle": "au repos",
    "running": "travaille",
    "paused": "en pause",
    "stopped": "arrêtée",
    "fault": "en panne",
}
