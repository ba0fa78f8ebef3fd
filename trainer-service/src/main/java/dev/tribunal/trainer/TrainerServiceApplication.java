package dev.tribunal.trainer;

import dev.tribunal.servicekit.http.HttpConfiguration;
import org.springframework.boot.autoconfigure.SpringBootApplication;
import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.context.annotation.Import;

/** The trainer service: runs as resources, and the machine that trains them. */
@SpringBootApplication
@Import(HttpConfiguration.class)
public class TrainerServiceApplication {

    /** The name of its configuration file; every service has its own, so that all of them fit on one class path. */
    public static final String CONFIGURATION = "spring.config.name=trainer-service";

    public static void main(String[] arguments) {
        new SpringApplicationBuilder(TrainerServiceApplication.class)
                .properties(CONFIGURATION)
                .run(arguments);
    }
}
