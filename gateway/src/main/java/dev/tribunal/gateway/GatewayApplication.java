package dev.tribunal.gateway;

import dev.tribunal.servicekit.http.HttpManners;
import org.springframework.boot.autoconfigure.SpringBootApplication;
import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.context.annotation.Import;

/** The platform's one public door. Its settings are in {@code gateway.yml}. */
@SpringBootApplication
@Import(HttpManners.class)
public class GatewayApplication {

    public static void main(String[] args) {
        new SpringApplicationBuilder(GatewayApplication.class)
                .properties("spring.config.name=gateway")
                .run(args);
    }
}
