using Weerbaarheid.Relay.Node;
using Weerbaarheid.Relay.Pages.Frame;
using Weerbaarheid.Relay.Pages.Noodsteunpunt;
using Weerbaarheid.Relay.Relaying;

namespace Weerbaarheid.Relay.Pages.Meldkamer;

/// <summary>What the desk's pages need to know besides the node.</summary>
/// <param name="Site">The meldkamer.</param>
/// <param name="Sites">What is known of other sites.</param>
/// <param name="Map">The ground under the map; null for none.</param>
internal sealed record DeskSettings(Site Site, IReadOnlyList<KnownSite> Sites, MapSheet? Map);

/// <summary>What every page of the desk works with.</summary>
/// <param name="Node">The node behind it.</param>
/// <param name="Site">The meldkamer.</param>
/// <param name="View">What there is to be seen.</param>
/// <param name="Intake">Where forms go.</param>
/// <param name="Sites">What sites are called.</param>
/// <param name="Moments">Moments in words.</param>
/// <param name="Frame">What stands around a page now.</param>
internal sealed record DeskContext(RelayNode Node, Site Site, DeskView View, FormIntake Intake, SiteNames Sites, Moments Moments, Func<PageFrame> Frame);
