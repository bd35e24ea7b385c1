/*===- Team.c - threads that share the loops of a step --------------------===*\
|*
|* Part of the EOQ project, under the Apache License v2.0 with LLVM Exceptions.
|* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
|*
|* Every member has a share of the units of a loop, one after the other, and
|* takes units from it. So a member does the same part of each loop of one
|* length, whose data its caches have. Who is done and still waits after a while
|* takes units of the others: nobody waits long for one that was interrupted.
|*
|* What costs time is that cache lines move from one processor to another. In
|* the common case these are two for each loop and member: the share, from the
|* master, and the number of finished units, back to it.
|*
\*===----------------------------------------------------------------------===*/
#include "eoq/Runtime/Team.h"

#include <stdatomic.h>
#include <stdint.h>
#ifndef __STDC_NO_THREADS__
#include <threads.h>
#endif

/* Units of a member: more of them share better and take longer to take. */
#define UNITS_OF_MEMBER 4
/* How often somebody looks for a change before the units of the others are
 * taken, and before the processor is offered to others. */
#define LOOKS_BEFORE_HELP 100
#define LOOKS_BEFORE_YIELD 1000
/* The number of a loop that is none: the team is closed. */
#define CLOSED UINT32_MAX
/* The next unit if all were taken. */
#define NONE_LEFT UINT32_MAX

/* The part of a loop that is one member's at first. */
typedef struct share {
  /* Written by the master; the number of the loop comes last. */
  _Alignas(64) _Atomic uint32_t number;
  _Atomic uint32_t first, end; /* units */
  _Atomic(eoq_rt_loop *) loop;
  _Atomic(void *) captures;
  _Atomic size_t count; /* iterations of the loop */
  _Atomic size_t size;  /* and of a unit */
  /* The next unit to take in the lower half, and in the upper one the number of
   * its loop: an older one if nobody has taken a unit of this one yet. */
  _Alignas(64) _Atomic uint64_t next;
  /* Units that the member has finished since the team is open, its own and
   * others'. */
  _Alignas(64) _Atomic uint64_t finished;
} share;

struct eoq_rt_team {
  /* Members besides the master; EOQ_RT_TEAM_MEMBERS and more if closed. */
  _Alignas(64) _Atomic uint32_t joined;
  uint32_t number; /* of the last loop */
  uint64_t posted; /* units of all loops */
  share shares[EOQ_RT_TEAM_MEMBERS];
};

_Static_assert(sizeof(eoq_rt_team) == EOQ_RT_TEAM_BYTES, "size of a team");
_Static_assert(_Alignof(eoq_rt_team) == EOQ_RT_TEAM_ALIGNMENT,
               "alignment of a team");

#define GET(place) atomic_load_explicit(&(place), memory_order_relaxed)
#define SET(place, value)                                                      \
  atomic_store_explicit(&(place), (value), memory_order_relaxed)

/* Tells the processor, and after a while the system, that this thread waits. */
static inline void relax(uint32_t looks) {
#if defined(__x86_64__) || defined(__i386__)
  __builtin_ia32_pause();
#elif defined(__aarch64__)
  __asm__ volatile("yield");
#endif
#ifndef __STDC_NO_THREADS__
  if (looks >= LOOKS_BEFORE_YIELD)
    thrd_yield();
#endif
}

/* What `next` is if the next unit of a loop is `unit`. */
static inline uint64_t makeNext(uint32_t number, uint32_t unit) {
  return (uint64_t)number << 32 | unit;
}

/* Makes units of a share as long as there are any, and counts them.
 *
 * The master overwrites a share when its loop is done, at any time. But then
 * `next` says that no unit is left, or is already of a later loop; and as long
 * as it says something else, and does not change, the share is that of the loop
 * that is not done. */
static uint64_t makeUnits(share *from) {
  uint64_t made = 0;
  for (;;) {
    uint32_t number = atomic_load_explicit(&from->number, memory_order_acquire);
    if (number == CLOSED)
      return made;
    uint32_t unit = GET(from->first), end = GET(from->end);
    eoq_rt_loop *loop = GET(from->loop);
    void *captures = GET(from->captures);
    size_t count = GET(from->count), size = GET(from->size);
    uint64_t next = atomic_load_explicit(&from->next, memory_order_acquire);
    int32_t later = (int32_t)((uint32_t)(next >> 32) - number);
    if (later > 0)
      continue;
    if (later == 0)
      unit = (uint32_t)next;
    if (unit == NONE_LEFT)
      return made;
    uint32_t after = unit + 1 == end ? NONE_LEFT : unit + 1;
    if (!atomic_compare_exchange_strong_explicit(
            &from->next, &next, makeNext(number, after), memory_order_acq_rel,
            memory_order_relaxed))
      continue;
    size_t begin = unit * size, left = count - begin;
    loop(captures, begin, begin + (left < size ? left : size));
    ++made;
  }
}

/* Makes units of the shares of `members` members, and tells that they are
 * finished. */
static void makeUnitsOf(eoq_rt_team *team, uint32_t member, uint32_t begin,
                        uint32_t members) {
  uint64_t made = 0;
  for (uint32_t i = 0; i < members; ++i)
    made += makeUnits(&team->shares[begin + i]);
  _Atomic uint64_t *finished = &team->shares[member].finished;
  if (made > 0)
    atomic_store_explicit(finished, GET(*finished) + made,
                          memory_order_release);
}

/* All members, of what `joined` was. */
static uint32_t countMembers(uint32_t joined) {
  return joined < EOQ_RT_TEAM_MEMBERS ? joined + 1 : EOQ_RT_TEAM_MEMBERS;
}

static uint32_t getMembers(eoq_rt_team *team) {
  return countMembers(
      atomic_load_explicit(&team->joined, memory_order_acquire));
}

void eoq_rt_team_open(eoq_rt_team *team) {
  atomic_init(&team->joined, 0);
  team->number = 0;
  team->posted = 0;
  for (uint32_t i = 0; i < EOQ_RT_TEAM_MEMBERS; ++i) {
    share *each = &team->shares[i];
    atomic_init(&each->number, 0);
    atomic_init(&each->next, makeNext(0, NONE_LEFT));
    atomic_init(&each->finished, 0);
  }
}

void eoq_rt_team_share(eoq_rt_team *team, eoq_rt_loop *loop, void *captures,
                       size_t count) {
  uint32_t members = getMembers(team);
  if (members == 1 || count < 2) {
    loop(captures, 0, count);
    return;
  }
  size_t most = (size_t)members * UNITS_OF_MEMBER;
  size_t size = (count + most - 1) / most;
  uint32_t units = (uint32_t)((count + size - 1) / size);
  uint32_t used = members < units ? members : units;
  team->posted += units;
  ++team->number;
  for (uint32_t i = used; i-- > 0;) {
    share *to = &team->shares[i];
    SET(to->first, units * i / used);
    SET(to->end, units * (i + 1) / used);
    SET(to->loop, loop);
    SET(to->captures, captures);
    SET(to->count, count);
    SET(to->size, size);
    atomic_store_explicit(&to->number, team->number, memory_order_release);
  }
  makeUnitsOf(team, 0, 0, 1);
  for (uint32_t looks = 0;; ++looks) {
    /* Who came in the meantime may have made units, too. */
    members = getMembers(team);
    uint64_t finished = 0;
    for (uint32_t i = 0; i < members; ++i)
      finished +=
          atomic_load_explicit(&team->shares[i].finished, memory_order_acquire);
    if (finished == team->posted)
      return;
    if (looks == LOOKS_BEFORE_HELP)
      makeUnitsOf(team, 0, 1, members - 1);
    relax(looks);
  }
}

size_t eoq_rt_team_slots(eoq_rt_team *team, size_t most) {
  uint32_t members = getMembers(team);
  size_t wanted = members == 1 ? 1 : (size_t)members * UNITS_OF_MEMBER;
  return wanted < most ? wanted : most;
}

void eoq_rt_team_close(eoq_rt_team *team) {
  /* Who comes from now on has a number that no member has. */
  uint32_t members = countMembers(atomic_fetch_add_explicit(
      &team->joined, EOQ_RT_TEAM_MEMBERS, memory_order_acq_rel));
  for (uint32_t i = 1; i < members; ++i)
    atomic_store_explicit(&team->shares[i].number, CLOSED,
                          memory_order_release);
}

void eoq_rt_team_serve(eoq_rt_team *team) {
  uint32_t member =
      atomic_fetch_add_explicit(&team->joined, 1, memory_order_acq_rel) + 1;
  if (member >= EOQ_RT_TEAM_MEMBERS)
    return;
  share *own = &team->shares[member];
  uint32_t last = 0;
  for (uint32_t looks = 0;; ++looks) {
    uint32_t number = atomic_load_explicit(&own->number, memory_order_acquire);
    if (number == CLOSED)
      return;
    if (number != last) {
      last = number;
      looks = 0;
      makeUnitsOf(team, member, member, 1);
    } else if (looks == LOOKS_BEFORE_HELP) {
      makeUnitsOf(team, member, 0, getMembers(team));
    }
    relax(looks);
  }
}
