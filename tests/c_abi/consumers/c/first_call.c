/* Forks while another thread makes the first call of the library in its process: every child must get through its own
 * calls. Prints how many of the rounds did; the argument is their number. */
#define _GNU_SOURCE
#include <countermark.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

static volatile int started;

static void *first_call(void *nothing)
{
    started = 1;
    cm_signer_close(1);
    cm_status_code_name(CM_OK);
    return nothing;
}

/* The exit code of a child, or -1 where it hung or was ended. */
static int end_of(pid_t child)
{
    int status = 0;
    waitpid(child, &status, 0);
    return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
}

static int child(void)
{
    alarm(5);
    int told = cm_signer_close(1) == CM_C_HANDLE_INVALID;
    return told && strcmp(cm_status_code_name(CM_OK), "ok") == 0 ? 0 : 1;
}

/* A process that has not called the library yet. */
static int one_round(int number)
{
    pthread_t thread;
    if (pthread_create(&thread, NULL, first_call, NULL) != 0) return 2;
    while (!started) continue;
    for (volatile int wait = 0; wait < number * 40; wait++) continue;
    pid_t forked = fork();
    if (forked == 0) _exit(child());
    pthread_join(thread, NULL);
    return end_of(forked) == 0 ? 0 : 1;
}

int main(int count, char **arguments)
{
    int rounds = count > 1 ? atoi(arguments[1]) : 1, good = 0;
    for (int number = 0; number < rounds; number++) {
        pid_t round = fork();
        if (round == 0) _exit(one_round(number));
        good += end_of(round) == 0;
    }
    printf("%d\n", good);
    return good != rounds;
}
