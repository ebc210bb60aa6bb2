/* The fastest plain sender there can be: numbered lines, a window of bytes, no faults handled.
 *
 * windowed_sender PORT FILE BAUD
 * The window is Marlin's ring of 127 bytes and, beyond it, the three oldest lines in its command queue.
 */
#define _DEFAULT_SOURCE
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <termios.h>
#include <unistd.h>

enum { RING = 127, QUEUED = 3, LONGEST = 200 };

static int port;
static int *lengths;
static long sent, acknowledged;

static int frame(char *wire, long number, const char *text) {
    unsigned char checksum = 0;
    int size = snprintf(wire, LONGEST, "N%ld %s", number, text);
    for (int at = 0; at < size; at++) checksum ^= (unsigned char)wire[at];
    return size + snprintf(wire + size, LONGEST - size, "*%d\n", checksum);
}

static int in_ring(void) {
    int size = 0;
    for (long at = acknowledged + QUEUED; at < sent; at++) size += lengths[at];
    return size;
}

/* Reads one line; exits when the port is gone. */
static void read_line(char *line) {
    static char buffer[4096];
    static int filled, taken;
    int size = 0;
    for (;;) {
        if (taken == filled) {
            filled = (int)read(port, buffer, sizeof buffer);
            taken = 0;
            if (filled <= 0) exit(1);
        }
        char byte = buffer[taken++];
        if (byte == '\n') break;
        if (size < LONGEST - 1) line[size++] = byte;
    }
    line[size] = 0;
}

static void hear_ok(void) {
    char line[LONGEST];
    do read_line(line); while (strncmp(line, "ok", 2) && strncmp(line, "Resend", 6));
    if (line[0] == 'R') exit(3);
    acknowledged++;
}

static void send_line(const char *text) {
    char wire[LONGEST];
    int size = frame(wire, sent, text);
    while (sent > acknowledged && in_ring() + size > RING) hear_ok();
    if (write(port, wire, (size_t)size) != size) exit(1);
    lengths[sent++] = size;
}

int main(int count, char **argument) {
    char line[LONGEST];
    struct termios settings;
    if (count != 4) return 2;
    FILE *file = fopen(argument[2], "r");
    lengths = calloc(1000000, sizeof *lengths);
    port = open(argument[1], O_RDWR | O_NOCTTY);
    if (!file || !lengths || port < 0) return 2;
    tcgetattr(port, &settings);
    cfmakeraw(&settings);
    cfsetspeed(&settings, atoi(argument[3]) == 250000 ? B230400 : B115200);
    tcsetattr(port, TCSANOW, &settings);
    do read_line(line); while (strncmp(line, "start", 5));
    usleep(300000);
    send_line("M110 N0");
    hear_ok();
    while (fgets(line, sizeof line, file)) {
        line[strcspn(line, "\n")] = 0;
        send_line(line);
    }
    while (acknowledged < sent) hear_ok();
    return 0;
}
