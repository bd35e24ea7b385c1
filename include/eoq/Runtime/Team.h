/*===- Team.h - threads that share the loops of a step ------------*- C -*-===*\
|*
|* Part of the EOQ project, under the Apache License v2.0 with LLVM Exceptions.
|* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
|*
|* What emitted code calls where it was compiled for threads. OpenMP starts the
|* threads once for a whole step, and these functions share its loops: a step
|* has hundreds of them, some of a few microseconds, which is what starting and
|* ending a parallel region of OpenMP alone takes.
|*
|*   eoq_rt_team_open(team);
|*   #pragma omp parallel
|*   {
|*     #pragma omp master
|*     {
|*       ... eoq_rt_team_share(team, loop, captures, count); ...
|*       eoq_rt_team_close(team);
|*     }
|*     eoq_rt_team_serve(team);
|*   }
|*
|* Nobody waits for a thread to come: the master begins, and who is there takes
|* a part. So a step also ends if there is but one thread, or if the processors
|* are busy with something else.
|*
\*===----------------------------------------------------------------------===*/
#ifndef EOQ_RUNTIME_TEAM_H
#define EOQ_RUNTIME_TEAM_H

#include <stddef.h>

#ifdef __cplusplus
extern "C" {
#endif

/* Threads of a team; more than that do not take part. */
#define EOQ_RT_TEAM_MEMBERS 64
/* Size and alignment of a team. */
#define EOQ_RT_TEAM_BYTES (64 * (3 * EOQ_RT_TEAM_MEMBERS + 1))
#define EOQ_RT_TEAM_ALIGNMENT 64

typedef struct eoq_rt_team eoq_rt_team;

/* Makes the iterations [first, end) of a loop. */
typedef void eoq_rt_loop(void *captures, size_t first, size_t end);

/* Prepares the memory of a team. */
void eoq_rt_team_open(eoq_rt_team *team);

/* Makes `count` iterations together with whoever serves the team, each once,
 * and returns when all are done. By the master only, and not from within a
 * loop. */
void eoq_rt_team_share(eoq_rt_team *team, eoq_rt_loop *loop, void *captures,
                       size_t count);

/* How many parts of about the same size to make of a loop, `most` at most. One
 * if the master is alone. */
size_t eoq_rt_team_slots(eoq_rt_team *team, size_t most);

/* Sends away who serves the team. By the master, after its last loop. */
void eoq_rt_team_close(eoq_rt_team *team);

/* Takes part in the loops that are shared until the team is closed. */
void eoq_rt_team_serve(eoq_rt_team *team);

#ifdef __cplusplus
}
#endif

#endif /* EOQ_RUNTIME_TEAM_H */
