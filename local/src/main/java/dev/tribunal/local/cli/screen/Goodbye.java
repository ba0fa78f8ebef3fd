package dev.tribunal.local.cli.screen;

/** What is said when a person interrupts a command that only waits for something which goes on without it. */
public final class Goodbye implements AutoCloseable {

    private final Thread hook;

    private Goodbye(Thread hook) {
        this.hook = hook;
    }

    public static Goodbye on(Screen screen, String words) {
        Thread hook = new Thread(() -> screen.note("\n" + words));
        Runtime.getRuntime().addShutdownHook(hook);
        return new Goodbye(hook);
    }

    @Override
    public void close() {
        try {
            Runtime.getRuntime().removeShutdownHook(hook);
        } catch (IllegalStateException stopping) {
            // It is being said.
        }
    }
}
