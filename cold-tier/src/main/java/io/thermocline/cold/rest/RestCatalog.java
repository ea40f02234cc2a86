package io.thermocline.cold.rest;

import com.fasterxml.jackson.annotation.JsonAutoDetect;
import com.fasterxml.jackson.annotation.PropertyAccessor;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.PropertyNamingStrategies;
import io.thermocline.cold.store.S3Settings;
import io.thermocline.cold.store.StoreSettings;
import io.thermocline.model.ErrorKind;
import io.thermocline.model.ThermoclineException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.Supplier;
import org.apache.iceberg.catalog.Catalog;
import org.apache.iceberg.catalog.Namespace;
import org.apache.iceberg.catalog.SupportsNamespaces;
import org.apache.iceberg.catalog.TableIdentifier;
import org.apache.iceberg.exceptions.NoSuchNamespaceException;
import org.apache.iceberg.exceptions.NoSuchTableException;
import org.apache.iceberg.exceptions.ValidationException;
import org.apache.iceberg.rest.CatalogHandlers;
import org.apache.iceberg.rest.Endpoint;
import org.apache.iceberg.rest.RESTCatalogProperties.SnapshotMode;
import org.apache.iceberg.rest.RESTSerializers;
import org.apache.iceberg.rest.RESTUtil;
import org.apache.iceberg.rest.credentials.ImmutableCredential;
import org.apache.iceberg.rest.responses.ConfigResponse;
import org.apache.iceberg.rest.responses.ErrorResponse;
import org.apache.iceberg.rest.responses.ImmutableLoadCredentialsResponse;
import org.apache.iceberg.rest.responses.LoadTableResponse;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Iceberg's REST catalog protocol over our catalog, for reading: engines find the tables with
 * nothing but an address. Whatever would change something is refused, for a table has one writer.
 * The work is Iceberg's own {@link CatalogHandlers}. Thread-safe; blocks for the catalog.
 *
 * <p>Source: Iceberg's {@code open-api/rest-catalog-open-api.yaml}.
 */
public final class RestCatalog implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(RestCatalog.class);

  /** What stands between a namespace's levels in a path, as every client sends it. */
  private static final String LEVELS = "%1F";

  private static final List<Endpoint> ENDPOINTS =
      List.of(
          Endpoint.V1_LIST_NAMESPACES,
          Endpoint.V1_LOAD_NAMESPACE,
          Endpoint.V1_NAMESPACE_EXISTS,
          Endpoint.V1_LIST_TABLES,
          Endpoint.V1_LOAD_TABLE,
          Endpoint.V1_TABLE_EXISTS,
          Endpoint.V1_TABLE_CREDENTIALS,
          Endpoint.V1_REPORT_METRICS);

  private static final ObjectMapper JSON = mapper();

  private final Supplier<Catalog> catalog;
  private final Map<String, String> defaults;
  private final CredentialVendor vendor;

  /**
   * @param catalog the tables'; asked for at each request
   * @param defaults what a client needs to reach the files, as Iceberg's properties; no secrets
   * @param vendor gives readers their credentials
   */
  RestCatalog(Supplier<Catalog> catalog, Map<String, String> defaults, CredentialVendor vendor) {
    this.catalog = catalog;
    // Iceberg asks maps for null, which immutable ones don't take.
    this.defaults = new HashMap<>(defaults);
    this.vendor = vendor;
  }

  /**
   * The protocol for the tables of a warehouse.
   *
   * @param catalog asked for at each request
   * @param stores how the server reaches the files; of its keys nothing is told
   */
  public static RestCatalog open(
      Supplier<Catalog> catalog, StoreSettings stores, RestSettings settings) {
    boolean s3 = !"file".equals(stores.warehouse().getScheme());
    if (settings.vending().isPresent() && !s3) {
      throw new ThermoclineException(
          ErrorKind.INVALID,
          "Credentials are given out for S3 warehouses only, not for " + stores.warehouse());
    }
    CredentialVendor vendor =
        settings
            .vending()
            .<CredentialVendor>map(sts -> new StsVendor(sts, stores.s3()))
            .orElse(CredentialVendor.NONE);
    return new RestCatalog(catalog, s3 ? howToReach(stores.s3()) : Map.of(), vendor);
  }

  private static Map<String, String> howToReach(S3Settings s3) {
    Map<String, String> properties = new HashMap<>();
    properties.put("io-impl", "org.apache.iceberg.aws.s3.S3FileIO");
    properties.put("client.region", s3.region());
    properties.put("s3.path-style-access", Boolean.toString(s3.pathStyle()));
    s3.endpoint().ifPresent(endpoint -> properties.put("s3.endpoint", endpoint.toString()));
    return properties;
  }

  private static ObjectMapper mapper() {
    ObjectMapper mapper = new ObjectMapper();
    mapper.setVisibility(PropertyAccessor.FIELD, JsonAutoDetect.Visibility.ANY);
    mapper.configure(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES, false);
    mapper.setPropertyNamingStrategy(PropertyNamingStrategies.KEBAB_CASE);
    RESTSerializers.registerAll(mapper);
    return mapper;
  }

  /**
   * Answers one request. Never throws: what goes wrong is an answer too, in the protocol's words.
   *
   * @param method as HTTP has it, upper case
   * @param path below the catalog's address, still encoded: {@code /v1/config}
   * @param query still encoded; empty when there is none
   */
  public RestAnswer answer(String method, String path, String query) {
    try {
      return route(method, segments(path), parameters(query));
    } catch (NoSuchNamespaceException | NoSuchTableException e) {
      return error(404, e.getClass().getSimpleName(), e.getMessage());
    } catch (ValidationException | IllegalArgumentException e) {
      return error(400, "BadRequestException", e.getMessage());
    } catch (RuntimeException e) {
      LOG.warn("catalog request failed method={} path={}", method, path, e);
      boolean away = e instanceof ThermoclineException ours && ours.kind() == ErrorKind.TRANSIENT;
      return away
          ? error(503, "ServiceUnavailableException", e.getMessage())
          : error(500, "InternalServerError", "Failed; the server's log says why");
    }
  }

  private RestAnswer route(String method, List<String> path, Map<String, String> query) {
    boolean reads = method.equals("GET") || method.equals("HEAD");
    if (isReport(method, path)) {
      // A scan's metrics, which the engine offers to whoever wants them.
      return RestAnswer.empty();
    }
    if (!reads) {
      return error(
          403,
          "ForbiddenException",
          "This catalog is for reading: its tables are written by Thermocline alone");
    }
    return switch (shape(path)) {
      case "config" -> json(config());
      case "namespaces" -> namespaces(query);
      case "namespaces/*" -> namespace(method, Namespace.of(levels(path.get(2))));
      case "namespaces/*/tables" -> tables(Namespace.of(levels(path.get(2))), query);
      case "namespaces/*/tables/*" -> table(method, identifier(path), query);
      case "namespaces/*/tables/*/credentials" -> credentials(identifier(path));
      default -> error(404, "NotFoundException", "There is no /" + String.join("/", path));
    };
  }

  private static boolean isReport(String method, List<String> path) {
    return method.equals("POST") && shape(path).equals("namespaces/*/tables/*/metrics");
  }

  /** The path after {@code v1}, with names as {@code *}; empty when it is no path of ours. */
  private static String shape(List<String> path) {
    if (path.size() < 2 || !path.get(0).equals("v1")) {
      return "";
    }
    List<String> shape = new ArrayList<>(path.subList(1, path.size()));
    for (int name = 1; name < shape.size(); name += 2) {
      shape.set(name, "*");
    }
    return String.join("/", shape);
  }

  private ConfigResponse config() {
    return ConfigResponse.builder().withDefaults(defaults).withEndpoints(ENDPOINTS).build();
  }

  private RestAnswer namespaces(Map<String, String> query) {
    String parent = query.getOrDefault("parent", "");
    Namespace below =
        parent.isEmpty() ? Namespace.empty() : RESTUtil.namespaceFromQueryParam(parent, LEVELS);
    SupportsNamespaces all = (SupportsNamespaces) catalog.get();
    String pageSize = query.get("pageSize");
    return json(
        pageSize == null
            ? CatalogHandlers.listNamespaces(all, below)
            : CatalogHandlers.listNamespaces(
                all, below, query.getOrDefault("pageToken", ""), pageSize));
  }

  private RestAnswer namespace(String method, Namespace namespace) {
    SupportsNamespaces all = (SupportsNamespaces) catalog.get();
    if (method.equals("HEAD")) {
      CatalogHandlers.namespaceExists(all, namespace);
      return RestAnswer.empty();
    }
    return json(CatalogHandlers.loadNamespace(all, namespace));
  }

  private RestAnswer tables(Namespace namespace, Map<String, String> query) {
    String pageSize = query.get("pageSize");
    return json(
        pageSize == null
            ? CatalogHandlers.listTables(catalog.get(), namespace)
            : CatalogHandlers.listTables(
                catalog.get(), namespace, query.getOrDefault("pageToken", ""), pageSize));
  }

  private RestAnswer table(String method, TableIdentifier table, Map<String, String> query) {
    if (method.equals("HEAD")) {
      CatalogHandlers.tableExists(catalog.get(), table);
      return RestAnswer.empty();
    }
    SnapshotMode mode =
        SnapshotMode.valueOf(query.getOrDefault("snapshots", "all").toUpperCase(Locale.ROOT));
    LoadTableResponse loaded = CatalogHandlers.loadTable(catalog.get(), table, mode);
    String location = loaded.tableMetadata().location();
    Map<String, String> vended = vendor.forReading(location);
    LoadTableResponse.Builder answer =
        LoadTableResponse.builder()
            .withTableMetadata(loaded.tableMetadata())
            .addAllConfig(new HashMap<>(vended));
    if (!vended.isEmpty()) {
      answer.addCredential(ImmutableCredential.builder().prefix(location).config(vended).build());
    }
    return json(answer.build());
  }

  private RestAnswer credentials(TableIdentifier table) {
    String location =
        CatalogHandlers.loadTable(catalog.get(), table, SnapshotMode.REFS)
            .tableMetadata()
            .location();
    Map<String, String> vended = vendor.forReading(location);
    ImmutableLoadCredentialsResponse.Builder answer = ImmutableLoadCredentialsResponse.builder();
    if (!vended.isEmpty()) {
      answer.addCredentials(ImmutableCredential.builder().prefix(location).config(vended).build());
    }
    return json(answer.build());
  }

  private static TableIdentifier identifier(List<String> path) {
    return TableIdentifier.of(
        Namespace.of(levels(path.get(2))), RESTUtil.decodePathSegment(path.get(4)));
  }

  private static String[] levels(String segment) {
    return RESTUtil.decodeNamespaceAsPathSegment(segment, LEVELS).levels();
  }

  private static List<String> segments(String path) {
    List<String> segments = new ArrayList<>();
    int from = path.startsWith("/") ? 1 : 0;
    while (from <= path.length()) {
      int slash = path.indexOf('/', from);
      int to = slash < 0 ? path.length() : slash;
      segments.add(path.substring(from, to));
      from = to + 1;
    }
    return segments;
  }

  private static Map<String, String> parameters(String query) {
    return query.isEmpty() ? Map.of() : RESTUtil.decodeFormData(query);
  }

  @Override
  public void close() {
    vendor.close();
  }

  private static RestAnswer json(Object body) {
    return new RestAnswer(200, text(body));
  }

  private static RestAnswer error(int status, String type, String message) {
    return new RestAnswer(
        status,
        text(
            ErrorResponse.builder()
                .responseCode(status)
                .withType(type)
                .withMessage(String.valueOf(message))
                .build()));
  }

  private static String text(Object body) {
    try {
      return JSON.writeValueAsString(body);
    } catch (JsonProcessingException e) {
      throw new IllegalStateException("Not to be written as JSON: " + body.getClass(), e);
    }
  }
}
