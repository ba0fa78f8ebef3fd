package dev.tribunal.input;

/** A record with rules that span its components. */
public interface Checked {

    /** Adds a mistake for each rule that is broken. Where a component could not be read it holds a stand-in. */
    void check(Findings findings);
}
