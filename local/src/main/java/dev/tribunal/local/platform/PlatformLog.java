package dev.tribunal.local.platform;

import ch.qos.logback.classic.LoggerContext;
import ch.qos.logback.classic.joran.JoranConfigurator;
import ch.qos.logback.core.joran.spi.JoranException;
import java.net.URL;
import java.util.Objects;
import org.slf4j.LoggerFactory;
import org.slf4j.bridge.SLF4JBridgeHandler;

/**
 * One log for all services of this JVM, in the home, so that the terminal stays clean. None of the applications may set
 * it up again: the last one would win over the others.
 */
final class PlatformLog {

    private PlatformLog() {}

    /** @param warningsOnTerminal whether the services' warnings appear on standard error, too */
    static void open(Home home, boolean warningsOnTerminal) {
        PrivateFiles.createFolder(home.logs());
        System.setProperty("org.springframework.boot.logging.LoggingSystem", "none");
        LoggerContext context = (LoggerContext) LoggerFactory.getILoggerFactory();
        context.reset();
        context.putProperty("logs", home.logs().toString());
        context.putProperty("terminalLevel", warningsOnTerminal ? "WARN" : "OFF");
        URL configuration =
                Objects.requireNonNull(PlatformLog.class.getResource("/platform-logback.xml"), "platform-logback.xml");
        JoranConfigurator configurator = new JoranConfigurator();
        configurator.setContext(context);
        try {
            configurator.doConfigure(configuration);
        } catch (JoranException e) {
            throw new PlatformException("cannot open the log in " + home.logs() + ": " + e.getMessage(), e);
        }
        // Tomcat logs through java.util.logging.
        SLF4JBridgeHandler.removeHandlersForRootLogger();
        SLF4JBridgeHandler.install();
    }
}
