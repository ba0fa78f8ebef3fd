package dev.tribunal.judge.rules.code;

/** Which of a trial's two processes: neither sees anything of the other but what it says over the wire. */
enum Role {
    TESTS,
    COMPLETION
}
