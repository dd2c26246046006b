/* One customer with two channels (bits 1 and 2). Data is pulled, lists open by the watermark, and register and marketing may each be
   restored once from a backup. The broker may lose and repeat everything and deliver it in any order; a reply may come late or never.

   A fact is one committed state of the register: epoch, version, channels, whether it erases. Facts are numbered as they are committed.

   Holds:   I1  once an erasure is answered, open lists never show the person.
            I2  at rest marketing holds the channels, and the data, of the register's newest fact.
            I3  while lists are open, everything up to the watermark is applied, data included.
            I7  all of it across a restore of the register (a new epoch, its erasure log replayed, everything told anew) and of
                marketing (a new incarnation, everything told anew). And what was withdrawn before the register was restored stays
                withdrawn until it is granted anew, when marketing had heard of it, or the queues that held the message are emptied first.
   REGISTER and MARKETING allow the restore of each, FACTS bounds the history, ONE leaves one channel.
   Checked as: REGISTER FACTS=3
   Checked as: MARKETING FACTS=3 ONE
   Checked as: REGISTER MARKETING FACTS=3 ONE
   Mutants:
     NOEPOCH   order by version alone
     NOLOG     a restored register does not replay its erasure log
     FORGETFUL a restored register does not ask what marketing remembers
     UNDRAINED it asks before what waits in the queues was applied
     OLDPULL   a reply is taken although something newer has been heard
     EARLY     a change is answered before its data is there
     SAMESELF  a restored marketing goes on as if it were the old one
     KEEPALL   a removal waits for the pull */
#ifndef FACTS
#define FACTS 4
#endif

byte facts = 0;
byte epochOf[FACTS + 1], versionOf[FACTS + 1], channelsOf[FACTS + 1];
bool erases[FACTS + 1];
byte epoch = 1;
bool isLogged = false;           /* the erasure log, kept outside the backup */
bool pending = false;
byte since = 0;                  /* the oldest unanswered fact; 0 while everything is told anew */
byte knownSelf = 0;              /* the incarnation of marketing that the register has heard of; 0: none */
bool isClosed = false;           /* an erasure has been answered */
bool registerRestored = false;
byte mayHold = 3;                /* once the register is restored: what she had not withdrawn before, and what she has granted since */

byte self = 1;                   /* marketing's incarnation */
byte heard = 0;                  /* the newest fact marketing knows of */
byte loaded = 0;                 /* the newest fact whose data it has, or needs none */
byte held = 0;                   /* channels it holds data for */
bool gone = false;               /* erased, for ever */
bool awaiting = false;
byte freshEpoch = 0, freshUpTo = 0;

bool hasBackup = false;
byte oldHeard = 0, oldLoaded = 0, oldHeld = 0, oldFreshEpoch = 0, oldFreshUpTo = 0;
bool oldGone = false, oldAwaiting = false;

bool message[FACTS + 1];
bool answer1[FACTS + 1], answer2[FACTS + 1];   /* by incarnation; entry 0 is the hello */
byte reply = 0;                                /* a reply under way: the fact it was read from */
bool hasMark = false;                          /* the watermark queue holds one message */
byte markEpoch = 0, markSelf = 0, markUpTo = 0;

hidden byte k, m, back, newest;

#define TRULY_NEWER(a, b) (epochOf[a] > epochOf[b] || (epochOf[a] == epochOf[b] && versionOf[a] > versionOf[b]))
#ifdef NOEPOCH
#define NEWER(a, b)       (versionOf[a] > versionOf[b])
#else
#define NEWER(a, b)       TRULY_NEWER(a, b)
#endif

inline say(f) { if :: self == 1 -> answer1[f] = true :: else -> answer2[f] = true fi }

inline check() {
  if
  :: freshUpTo > 0 ->                                          /* the lists are open */
       assert(!(isClosed && held != 0));                       /* I1 */
       assert(freshEpoch < 2 || (held & mayHold) == held);    /* I7 */
       for (k : 1 .. facts) {
         assert(gone || k > freshUpTo || epochOf[k] != freshEpoch || !TRULY_NEWER(k, loaded))   /* I3 */
       }
  :: else -> skip
  fi
}

inline commit(channels, erasing) {
  facts++;
  epochOf[facts] = epoch; versionOf[facts] = versionOf[facts - 1] + 1; channelsOf[facts] = channels; erases[facts] = erasing;
  if :: erasing -> isLogged = true :: else -> skip fi;
  if :: registerRestored -> mayHold = mayHold | channels :: else -> skip fi;
  if :: !pending -> pending = true; since = facts :: else -> skip fi
}

/* The register hears that incarnation `who` has applied fact `f`; 0 is the hello. */
inline clear(who, f) {
  if
  :: knownSelf < who -> knownSelf = who; pending = (facts > 0); since = 0
  :: knownSelf == who && f > 0 && f == facts -> pending = false; since = 0; if :: erases[f] -> isClosed = true :: else -> skip fi
  :: else -> skip
  fi
}

inline hear(f) {
  if :: epochOf[f] > freshEpoch && freshEpoch > 0 -> freshEpoch = epochOf[f]; freshUpTo = 0 :: else -> skip fi;
  if
  :: erases[f] || gone ->
       if :: heard == 0 || NEWER(f, heard) -> heard = f; loaded = f :: else -> skip fi;
       gone = true; held = 0; awaiting = false; say(heard)
  :: else ->
       if
       :: heard == 0 || NEWER(f, heard) ->
            heard = f;
#ifndef KEEPALL
            held = held & channelsOf[f];
            assert((held & channelsOf[f]) == held);
#endif
            if
            :: channelsOf[f] == 0 ->
#ifndef KEEPALL
                 held = 0;
#endif
                 loaded = f; awaiting = false; say(f)
            :: else -> awaiting = true;
#ifdef EARLY
                 say(f)
#endif
            fi
       :: else -> if :: !awaiting -> say(heard) :: else -> skip fi
       fi
  fi;
  check()
}

/* While both services are down: what waits in the queues is applied to marketing, unless it is forgotten, and marketing's memory
   corrects the backup. */
inline restore_register(f) {
  newest = f;
  if :: heard > 0 && TRULY_NEWER(heard, newest) -> newest = heard :: else -> skip fi;
  if
  :: for (m : 1 .. facts) { if :: message[m] && TRULY_NEWER(m, newest) -> newest = m :: else -> skip fi }
#ifndef UNDRAINED
     for (m : 1 .. facts) { if :: message[m] -> message[m] = false; hear(m) :: else -> skip fi }
#endif
  :: skip
  fi;
  mayHold = channelsOf[newest];
  registerRestored = true; epoch = 2; facts++;
  epochOf[facts] = 2; versionOf[facts] = versionOf[f]; channelsOf[facts] = channelsOf[f]; erases[facts] = erases[f];
#ifndef FORGETFUL
  if :: heard > 0 && TRULY_NEWER(heard, f) -> channelsOf[facts] = channelsOf[facts] & held :: else -> skip fi;
#endif
#ifndef NOLOG
  if :: isLogged -> erases[facts] = true; channelsOf[facts] = 0 :: else -> skip fi;
#endif
  pending = true; since = 0; newest = 0
}

inline take_reply() {
#ifdef OLDPULL
  if
  :: !gone ->
#else
  if
  :: !gone && awaiting && !NEWER(heard, reply) ->
#endif
       heard = reply; loaded = reply; held = channelsOf[reply]; awaiting = false; say(reply)
  :: else -> skip
  fi;
  reply = 0;
  check()
}

#define HEAR(f)     :: atomic { message[f] -> if :: message[f] = false :: skip fi; hear(f) }
#define LOSE(f)     :: atomic { message[f] -> message[f] = false }
#define ANSWER1(f)  :: atomic { answer1[f] -> if :: answer1[f] = false :: skip fi; clear(1, f) } \
                    :: atomic { answer1[f] -> answer1[f] = false }
#define ANSWER2(f)  :: atomic { answer2[f] -> if :: answer2[f] = false :: skip fi; clear(2, f) } \
                    :: atomic { answer2[f] -> answer2[f] = false }

active proctype system() {
  do
  /* the register */
  :: atomic { facts < FACTS && !erases[facts] -> commit(0, false) }
  :: atomic { facts < FACTS && !erases[facts] -> commit(1, false) }
#ifndef ONE
  :: atomic { facts < FACTS && !erases[facts] -> commit(3, false) }
#endif
  :: atomic { facts > 0 && facts < FACTS && !erases[facts] -> commit(0, true) }
#ifdef REGISTER
  :: atomic { !registerRestored && facts >= 1 && facts < FACTS ->
       if :: back = 1 :: facts >= 2 -> back = 2 :: facts >= 3 -> back = 3 fi; restore_register(back); back = 0 }
#endif
  :: atomic { pending && !message[facts] -> message[facts] = true }
  :: atomic { knownSelf > 0 && facts > 0 ->
       hasMark = true; markEpoch = epoch; markSelf = knownSelf;
       if :: pending && since == 0 -> markUpTo = 0 :: pending && since > 0 -> markUpTo = since - 1 :: else -> markUpTo = facts fi }
  ANSWER1(0) ANSWER1(1) ANSWER1(2)
#if FACTS > 2
  ANSWER1(3)
#endif
#if FACTS > 3
  ANSWER1(4)
#endif
#ifdef MARKETING
  ANSWER2(0) ANSWER2(1) ANSWER2(2)
#if FACTS > 2
  ANSWER2(3)
#endif
#if FACTS > 3
  ANSWER2(4)
#endif
#endif

  /* the broker */
  LOSE(1) LOSE(2)
#if FACTS > 2
  LOSE(3)
#endif
#if FACTS > 3
  LOSE(4)
#endif
  :: atomic { hasMark -> hasMark = false; markEpoch = 0; markSelf = 0; markUpTo = 0 }

  /* marketing */
  HEAR(1) HEAR(2)
#if FACTS > 2
  HEAR(3)
#endif
#if FACTS > 3
  HEAR(4)
#endif
  :: atomic { awaiting && reply == 0 && !erases[facts] -> reply = facts }
  :: atomic { reply != 0 -> reply = 0 }                         /* lost, or too late */
  :: atomic { reply != 0 -> take_reply() }
  :: atomic { hasMark && markSelf == self && markEpoch >= freshEpoch ->
       if :: markEpoch > freshEpoch || markUpTo > freshUpTo -> freshUpTo = markUpTo :: else -> skip fi;
       freshEpoch = markEpoch;
       if :: hasMark = false; markEpoch = 0; markSelf = 0; markUpTo = 0 :: skip fi;
       check() }
  :: atomic { knownSelf != self -> say(0) }                     /* hello: at start, and when a watermark names another */
#ifdef MARKETING
  :: atomic { !hasBackup && self == 1 -> hasBackup = true;
       oldHeard = heard; oldLoaded = loaded; oldHeld = held; oldGone = gone; oldAwaiting = awaiting;
       oldFreshEpoch = freshEpoch; oldFreshUpTo = freshUpTo }
  :: atomic { hasBackup && self == 1 ->
       heard = oldHeard; loaded = oldLoaded; held = oldHeld; gone = oldGone; awaiting = oldAwaiting; reply = 0;
#ifdef SAMESELF
       freshEpoch = oldFreshEpoch; freshUpTo = oldFreshUpTo; hasBackup = false;
#else
       freshEpoch = 0; freshUpTo = 0; self = 2;
#endif
       oldHeard = 0; oldLoaded = 0; oldHeld = 0; oldGone = false; oldAwaiting = false; oldFreshEpoch = 0; oldFreshUpTo = 0;
       check() }
#endif

  /* at rest */
  :: atomic { facts > 0 && !pending && knownSelf == self && reply == 0 ->
       assert((gone && held == 0) || (held == channelsOf[facts] && !TRULY_NEWER(facts, loaded))); skip }   /* I2 */
  od
}
