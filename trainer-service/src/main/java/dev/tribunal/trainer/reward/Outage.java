package dev.tribunal.trainer.reward;

/** Hears of a service that does not answer. Told by any thread, as often as the service is asked. */
public interface Outage {

    /** It has not answered for a while, and is asked again. */
    void waits(String why);

    /** It has answered. */
    void over();

    /** Throws if nobody wants the answer any more. */
    void stopIfPointless();
}
