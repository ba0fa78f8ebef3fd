package dev.tribunal.local.cli;

import dev.tribunal.local.platform.Address;
import dev.tribunal.local.platform.Home;
import java.nio.file.Path;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** Which platform a command talks to: the named one, or the one that runs on the home. */
final class PlatformOptions {

    @Option(names = "--url", paramLabel = "URL", description = "The platform's address; default TRIBUNAL_URL, else the home's.")
    @Nullable String url = System.getenv("TRIBUNAL_URL");

    @Option(names = "--token", paramLabel = "TOKEN", description = "Its token; default TRIBUNAL_TOKEN, else the home's.")
    @Nullable String token = System.getenv("TRIBUNAL_TOKEN");

    @Option(
            names = "--home",
            paramLabel = "DIR",
            description = "Home of the platform that runs on this machine; default ~/.tribunal.")
    Path home = Home.defaultFolder();

    PlatformClient connect() {
        return new PlatformClient(address());
    }

    /** Whether a platform is named or runs on the home. */
    boolean given() {
        return url != null || Address.find(home).isPresent();
    }

    Address address() {
        Optional<Address> running = Address.find(home);
        String address = url != null
                ? url.replaceAll("/+$", "")
                : running.map(Address::url)
                        .orElseThrow(() -> new CommandException("no platform runs on " + home
                                + "; start one with ./tribunal up, or name one with --url and --token"));
        // The home's token is for the home's platform and never sent elsewhere.
        String secret = token != null
                ? token
                : running.filter(local -> local.url().equals(address))
                        .map(Address::token)
                        .orElseThrow(() -> new CommandException(
                                "no token for " + address + "; give it as TRIBUNAL_TOKEN or with --token"));
        return new Address(address, secret);
    }
}
