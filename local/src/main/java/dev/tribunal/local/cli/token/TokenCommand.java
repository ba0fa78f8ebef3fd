package dev.tribunal.local.cli.token;

import dev.tribunal.contracts.access.v1.AccessTokenResource;
import dev.tribunal.contracts.access.v1.CallerResource;
import dev.tribunal.contracts.access.v1.IssuedToken;
import dev.tribunal.contracts.access.v1.Role;
import dev.tribunal.local.cli.screen.Paint;
import dev.tribunal.local.cli.screen.Screen;
import dev.tribunal.local.cli.screen.TextTable;
import dev.tribunal.local.cli.shared.CommandGroup;
import dev.tribunal.local.cli.shared.ExitCode;
import dev.tribunal.local.cli.shared.ListCommand;
import dev.tribunal.local.cli.shared.Lookup;
import dev.tribunal.local.cli.shared.PlatformClient;
import dev.tribunal.local.cli.shared.PlatformCommand;
import dev.tribunal.servicekit.input.Words;
import java.time.Duration;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.springframework.http.MediaType;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import tools.jackson.databind.json.JsonMapper;

/** {@code tribunal token}: access tokens. */
@Command(name = "token", description = "Issue, list, rotate and revoke access tokens.")
public final class TokenCommand extends CommandGroup {

    public static CommandLine commandLine(Screen screen) {
        return new CommandLine(new TokenCommand())
                .addSubcommand(new Whoami(screen))
                .addSubcommand(new ListTokens(screen))
                .addSubcommand(new Create(screen))
                .addSubcommand(new Rotate(screen))
                .addSubcommand(new Revoke(screen));
    }

    private static String words(List<Role> roles) {
        return roles.stream().map(Words::of).collect(Collectors.joining(", "));
    }

    private static List<String> told(String what, IssuedToken issued) {
        return List.of(
                issued.token().name() + " is " + what + ", as "
                        + words(issued.token().roles()) + " of "
                        + String.join(", ", issued.token().namespaces()) + ". Its secret is shown this once:",
                issued.secret());
    }

    @Command(name = "whoami", description = "Show whose token is used, and what it may do.")
    static final class Whoami extends PlatformCommand {

        Whoami(Screen screen) {
            super(screen);
        }

        @Override
        public Integer call() {
            CallerResource caller = platform.connect().caller().get();
            show(
                    caller,
                    () -> List.of(caller.name() + ": " + words(caller.roles()) + " of "
                            + String.join(", ", caller.namespaces()) + ", creates in " + caller.namespace()
                            + (caller.expiresAt() == null ? "" : ", until " + caller.expiresAt())));
            return ExitCode.SUCCESS;
        }
    }

    @Command(name = "list", description = "List access tokens, with those that are revoked.")
    static final class ListTokens extends ListCommand<AccessTokenResource> {

        ListTokens(Screen screen) {
            super(screen);
        }

        @Override
        protected List<AccessTokenResource> all(PlatformClient client) {
            return Lookup.all(client.accessTokens());
        }

        @Override
        protected TextTable table(List<AccessTokenResource> tokens) {
            TextTable table =
                    new TextTable("NAME", "STATE", "ROLES", "NAMESPACES", "LAST USED", "EXPIRES", "CREATED BY");
            for (AccessTokenResource token : tokens) {
                table.add(
                        token.name(),
                        state(token),
                        words(token.roles()),
                        String.join(", ", token.namespaces()),
                        orDash(token.lastUsedAt()),
                        orDash(token.expiresAt()),
                        token.createdBy());
            }
            return table;
        }

        private static String state(AccessTokenResource token) {
            if (token.revokedAt() != null) {
                return Paint.bad("revoked");
            }
            return token.expiresAt() != null && token.expiresAt().isBefore(Instant.now())
                    ? Paint.bad("expired")
                    : "valid";
        }

        private static String orDash(@Nullable Instant time) {
            return time == null ? "-" : time.toString();
        }
    }

    @Command(name = "create", description = "Issue an access token, and print its secret this once.")
    static final class Create extends PlatformCommand {

        @Parameters(paramLabel = "NAME", description = "How it is known ever after.")
        private String name = "";

        @Option(
                names = "--role",
                required = true,
                paramLabel = "ROLE",
                description = "viewer, operator, judge-owner or admin; several add up.")
        private List<String> roles = List.of();

        @Option(
                names = "--for",
                paramLabel = "NAMESPACE",
                description = "A namespace that it is for, the first the one that it creates in; '*' for all. Default"
                        + " default.")
        private List<String> namespaces = List.of("default");

        @Option(
                names = "--valid-for",
                paramLabel = "DURATION",
                description = "How long it lets in, such as P90D. Default until it is revoked.")
        private @Nullable Duration validFor;

        @Option(
                names = "--requests-per-second",
                paramLabel = "N",
                description = "More are refused. Default the platform's own limit.")
        private @Nullable Integer requestsPerSecond;

        Create(Screen screen) {
            super(screen);
        }

        /** What is wrong with it the platform says, all at once. */
        @Override
        public Integer call() {
            Map<String, Object> request = new LinkedHashMap<>();
            request.put("name", name);
            request.put("roles", roles);
            request.put("namespaces", namespaces);
            if (validFor != null) {
                request.put("validFor", validFor.toString());
            }
            if (requestsPerSecond != null) {
                request.put("requestsPerSecond", requestsPerSecond);
            }
            IssuedToken issued = Objects.requireNonNull(
                    platform.connect()
                            .accessTokens()
                            .create(JsonMapper.shared().writeValueAsString(request), MediaType.APPLICATION_JSON_VALUE)
                            .getBody(),
                    "it is issued");
            show(issued, () -> told("created", issued));
            return ExitCode.SUCCESS;
        }
    }

    @Command(name = "rotate", description = "Give an access token another secret; the one before ends now.")
    static final class Rotate extends PlatformCommand {

        @Parameters(paramLabel = "NAME", description = "The access token's.")
        private String name = "";

        Rotate(Screen screen) {
            super(screen);
        }

        @Override
        public Integer call() {
            IssuedToken issued = platform.connect().accessTokens().rotate(name);
            show(issued, () -> told("rotated", issued));
            return ExitCode.SUCCESS;
        }
    }

    @Command(name = "revoke", description = "End an access token for good.")
    static final class Revoke extends PlatformCommand {

        @Parameters(paramLabel = "NAME", description = "The access token's.")
        private String name = "";

        Revoke(Screen screen) {
            super(screen);
        }

        record Revoked(String name, boolean revoked) {}

        @Override
        public Integer call() {
            platform.connect().accessTokens().revoke(name);
            show(new Revoked(name, true), () -> List.of(name + " is revoked"));
            return ExitCode.SUCCESS;
        }
    }
}
