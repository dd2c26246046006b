/* One customer between register and marketing: the version guard and the tombstone.
   The broker may deliver every message of the history late, in any order and up to CAP times at once; the relay may crash
   before it publishes and between publish and confirm; marketing may crash between applying and acknowledging.

   Holds:   I1  once marketing has applied an erasure, the person is never back.
            I2  at rest marketing stands where the register stands.
   Mutants: NOGUARD  applies whatever comes (what a plain message handler does)
            NOTOMB   deletes the row with its version
            UNCOND   the relay clears what it has read, although it has changed since (an outbox without a condition) */
#define MAXV 5
#define CAP  2
#define IN     1
#define OUT    2
#define ERASED 3

byte registerVersion = 0, registerState = 0;
bool pending = false;
byte history[MAXV + 1];   /* version -> state */
byte copies[MAXV + 1];    /* version -> messages under way */
byte reading = 0;         /* the version the relay has read and not finished with; 0: none */
byte version = 0, state = 0;
bool hasErased = false;

inline apply(v) {
#ifdef NOGUARD
  version = v; state = history[v];
#else
  if :: v > version -> version = v; state = history[v] :: else -> skip fi;
#endif
  if :: state == ERASED -> hasErased = true :: else -> skip fi;
#ifdef NOTOMB
  if :: state == ERASED || state == OUT -> version = 0; state = 0 :: else -> skip fi;
#endif
  assert(!(hasErased && state == IN))   /* I1 */
}

active proctype system() {
  byte v;
  do
  :: atomic { registerVersion < MAXV && registerState != ERASED ->
       registerVersion++;
       if :: registerState = IN :: registerState = OUT :: registerState = ERASED fi;
       history[registerVersion] = registerState; pending = true }
  :: atomic { pending && reading == 0 -> reading = registerVersion }
  :: atomic { reading != 0 && copies[reading] < CAP ->      /* published ... */
       copies[reading]++;
       if
       :: skip                                              /* ... and crashed: still pending */
#ifdef UNCOND
       :: pending = false
#else
       :: if :: registerVersion == reading -> pending = false :: else -> skip fi
#endif
       fi;
       reading = 0 }
  :: atomic { reading != 0 -> reading = 0 }                 /* crashed before publishing */
  :: atomic { v = 1; do :: v < MAXV -> v++ :: break od;
       copies[v] > 0 -> apply(v); if :: copies[v]-- :: skip fi }
  :: atomic { !pending && reading == 0 && registerVersion > 0 &&
              copies[1] == 0 && copies[2] == 0 && copies[3] == 0 && copies[4] == 0 && copies[5] == 0 ->
#ifdef NOTOMB
       assert((registerState == IN) == (state == IN));
#else
       assert(version == registerVersion && state == registerState);   /* I2 */
#endif
       break }
  od
}
