/* Two customers and the watermark W. A change stays pending until marketing's own answer is back, and W is the newest moment before
   the oldest pending change. The broker may lose, duplicate and reorder messages, answers and watermarks.

   Holds:   I2  when nothing is pending, marketing stands where the register stands.
            I3  when marketing hears W, it has applied everything committed up to W.
   Mutants: CONFIRM  the broker's confirm clears (the usual outbox)
            NOANSWER a stale or duplicate delivery is not answered (then a lost answer is never made good)
            NOKEEP   a further change moves `since` forward */
#define CUSTOMERS 2
#define CHANGES   3

byte changes = 0;
byte owner[CHANGES + 1];        /* change -> customer */
bool erases[CHANGES + 1];
bool erased[CUSTOMERS];
byte newest[CUSTOMERS];         /* the customer's newest change: her version */
byte since[CUSTOMERS];          /* her oldest unanswered change, 0: none pending */
bool message[CHANGES + 1], answer[CHANGES + 1], watermark[CHANGES + 1];
byte version[CUSTOMERS];        /* marketing's */
bool gone[CUSTOMERS];
byte fresh = 0;                 /* the newest W marketing has heard */

inline read_watermark(w) {
  w = changes;
  for (k : 0 .. 1) { if :: since[k] != 0 && since[k] - 1 < w -> w = since[k] - 1 :: else -> skip fi }
}

active proctype system() {
  byte c, i, k, w;
  do
  :: atomic { changes < CHANGES -> select(c : 0 .. 1);
       if
       :: !erased[c] -> changes++; owner[changes] = c; newest[c] = changes;
            if :: erases[changes] = true; erased[c] = true :: skip fi;
#ifdef NOKEEP
            since[c] = changes
#else
            if :: since[c] == 0 -> since[c] = changes :: else -> skip fi
#endif
       :: else -> skip
       fi }
  :: atomic { select(c : 0 .. 1);
       if
       :: since[c] != 0 -> message[newest[c]] = true;
#ifdef CONFIRM
            since[c] = 0
#endif
       :: else -> skip
       fi }
  :: atomic { select(i : 1 .. 3);
       if
       :: message[i] -> c = owner[i]; if :: message[i] = false :: skip fi;
            if
            :: i > version[c] -> version[c] = i;
                 if :: erases[i] -> gone[c] = true :: else -> assert(!gone[c]) fi;
                 answer[i] = true
#ifdef NOANSWER
            :: else -> skip
#else
            :: else -> answer[version[c]] = true
#endif
            fi;
            assert(answer[version[c]])   /* every delivery is answered, so a lost answer is made good by sending again */
       :: else -> skip
       fi }
  :: atomic { select(i : 1 .. 3); if :: message[i] -> message[i] = false :: answer[i] -> answer[i] = false :: else -> skip fi }   /* lost */
  :: atomic { select(i : 1 .. 3);
       if
       :: answer[i] -> if :: answer[i] = false :: skip fi; c = owner[i];
            if :: newest[c] <= i -> since[c] = 0 :: else -> skip fi
       :: else -> skip
       fi }
  :: atomic { read_watermark(w); if :: w > 0 -> watermark[w] = true :: else -> skip fi }
  :: atomic { select(i : 1 .. 3);
       if
       :: watermark[i] -> watermark[i] = false;
            if :: i > fresh -> fresh = i :: else -> skip fi;
            for (i : 1 .. fresh) { assert(version[owner[i]] >= i) }   /* I3 */
       :: else -> skip
       fi }
  :: atomic { changes == CHANGES && since[0] == 0 && since[1] == 0 ->
       assert(version[0] == newest[0] && version[1] == newest[1]); break }   /* I2 */
  od
}
