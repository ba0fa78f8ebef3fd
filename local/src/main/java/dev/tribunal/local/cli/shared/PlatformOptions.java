package dev.tribunal.local.cli.shared;

import dev.tribunal.local.platform.Address;
import dev.tribunal.local.platform.Home;
import java.net.URI;
import java.net.URISyntaxException;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** Which platform a command talks to: the named one, or the one that runs on the home. */
public final class PlatformOptions {

    @Option(
            names = "--url",
            paramLabel = "URL",
            description = "The platform's address; default TRIBUNAL_URL, else the home's.")
    @Nullable
    String url = variable("TRIBUNAL_URL");

    @Option(
            names = "--token",
            paramLabel = "TOKEN",
            description = "Its token; default TRIBUNAL_TOKEN, else the home's.")
    @Nullable
    String token = variable("TRIBUNAL_TOKEN");

    @Option(
            names = "--namespace",
            paramLabel = "NAMESPACE",
            description =
                    "One of the token's namespaces, to see it alone and create in it; default TRIBUNAL_NAMESPACE, else"
                            + " all of them.")
    @Nullable
    String namespace = variable("TRIBUNAL_NAMESPACE");

    @Option(
            names = "--home",
            paramLabel = "DIR",
            description = "Home of the platform that runs on this machine; default ~/.tribunal.")
    Path home = Home.defaultFolder();

    public PlatformClient connect() {
        return new PlatformClient(address(), namespace);
    }

    /** Where a platform runs that a command starts by itself. */
    public Path home() {
        return home;
    }

    /** Whether a platform is named or runs on the home. */
    public boolean given() {
        return url != null || Address.find(home).isPresent();
    }

    public Address address() {
        Optional<Address> running = Address.find(home);
        String address = url != null
                ? checked(url)
                : running.map(Address::url)
                        .orElseThrow(() -> new CommandException("no platform runs on " + home
                                + "; start one with ./tribunal up, or name one with --url and --token"));
        // The home's token is for the home's platform and never sent elsewhere.
        String secret = token != null
                ? checkedToken(token)
                : running.filter(local -> local.url().equals(address))
                        .map(Address::token)
                        .orElseThrow(() -> new CommandException(
                                "no token for " + address + "; give it as TRIBUNAL_TOKEN or with --token"));
        return new Address(address, secret);
    }

    /** What is set but empty is not set. */
    private static @Nullable String variable(String name) {
        String value = System.getenv(name);
        return value == null || value.isBlank() ? null : value;
    }

    private static String checked(String url) {
        try {
            URI address = new URI(url.strip());
            if (address.getHost() != null
                    && List.of("http", "https").contains(String.valueOf(address.getScheme()))
                    && address.getQuery() == null
                    && address.getFragment() == null
                    && address.getUserInfo() == null) {
                return address.toString().replaceAll("/+$", "");
            }
        } catch (URISyntaxException notAnAddress) {
            // as below
        }
        throw new CommandException("'" + url + "' is not a platform's address; give one such as http://127.0.0.1:8080");
    }

    /** It becomes a header, which takes no line end and no letter beyond ASCII. */
    private static String checkedToken(String token) {
        String stripped = token.strip();
        if (stripped.isEmpty() || !stripped.chars().allMatch(c -> c > ' ' && c < 127)) {
            throw new CommandException("the token that was given is "
                    + (stripped.isEmpty() ? "empty" : "not one: it has" + " blanks or letters beyond ASCII")
                    + "; ./tribunal up prints the platform's");
        }
        return stripped;
    }
}
