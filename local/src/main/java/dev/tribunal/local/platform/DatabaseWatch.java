package dev.tribunal.local.platform;

import java.io.IOException;
import java.time.Duration;
import java.util.Locale;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Looks after the database: says when it goes and when it is back, and starts it again when its process has ended. */
final class DatabaseWatch implements AutoCloseable {

    /** Warnings are what a terminal shows. */
    private static final Logger log = LoggerFactory.getLogger(DatabaseWatch.class);

    private static final Duration LOOK = Duration.ofSeconds(1);
    private static final Duration LONGEST_PAUSE = Duration.ofSeconds(15);

    private final Database database;
    private final Thread thread;

    private DatabaseWatch(Database database) {
        this.database = database;
        this.thread = Thread.ofPlatform().daemon().name("database-watch").unstarted(this::watch);
    }

    static DatabaseWatch start(Database database) {
        DatabaseWatch watch = new DatabaseWatch(database);
        watch.thread.start();
        return watch;
    }

    private void watch() {
        try {
            while (true) {
                Thread.sleep(LOOK);
                if (!database.alive()) {
                    outage("PostgreSQL has ended, and is started again. Until it is back, requests are answered 503.");
                } else if (silent()) {
                    outage("PostgreSQL does not answer, though its process is there. Until it does, requests are"
                            + " answered 503.");
                }
            }
        } catch (InterruptedException closing) {
            // That was all.
        }
    }

    /** Asked twice: the first question may have met it while it was busy. */
    private boolean silent() {
        return Stream.generate(database::answers).limit(2).noneMatch(answers -> answers);
    }

    private void outage(String words) throws InterruptedException {
        long start = System.nanoTime();
        log.warn(words);
        for (Duration pause = LOOK; ; pause = longer(pause)) {
            if (!database.alive()) {
                restart();
            }
            if (database.answers()) {
                log.warn(String.format(
                        Locale.ROOT, "PostgreSQL is back after %.1f s.", (System.nanoTime() - start) / 1e9));
                return;
            }
            Thread.sleep(database.alive() ? LOOK : pause);
        }
    }

    private void restart() {
        try {
            database.restart();
        } catch (IOException | RuntimeException e) {
            // What is left of the former one may take a while to end.
            log.info("PostgreSQL does not start yet", e);
        }
    }

    private static Duration longer(Duration pause) {
        Duration twice = pause.multipliedBy(2);
        return twice.compareTo(LONGEST_PAUSE) < 0 ? twice : LONGEST_PAUSE;
    }

    /** Before the database is closed: it is not to come back then. */
    @Override
    public void close() {
        thread.interrupt();
        try {
            thread.join();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
