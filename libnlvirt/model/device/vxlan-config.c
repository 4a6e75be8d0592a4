/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "model/device/vxlan-config.h"
#include "model/device/link-info.h"
#include "model/link-settings.h"

#include <errno.h>
#include <string.h>

#define FLOW_LABEL 0x000fffff

#define U8                                                                                                             \
  {                                                                                                                    \
    .kind = NLV_KIND_U8                                                                                                \
  }
#define U32                                                                                                            \
  {                                                                                                                    \
    .kind = NLV_KIND_U32                                                                                               \
  }
#define FLAG                                                                                                           \
  {                                                                                                                    \
    .kind = NLV_KIND_FLAG                                                                                              \
  }
#define BYTES(n)                                                                                                       \
  {                                                                                                                    \
    .kind = NLV_KIND_UNSPEC, .len = n                                                                                  \
  }
#define BOOLEAN                                                                                                        \
  {                                                                                                                    \
    .kind = NLV_KIND_U8, .bounded = TRUE, .max = 1                                                                     \
  }

const NlvPolicy nlv_vxlan_policy[NLV_IFLA_VXLAN_MAX + 1] = {
  [IFLA_VXLAN_UNSPEC] = { .min = NLV_IFLA_VXLAN_LOCALBYPASS },
  [IFLA_VXLAN_ID] = U32,
  [IFLA_VXLAN_GROUP] = BYTES (4),
  [IFLA_VXLAN_GROUP6] = BYTES (16),
  [IFLA_VXLAN_LINK] = U32,
  [IFLA_VXLAN_LOCAL] = BYTES (4),
  [IFLA_VXLAN_LOCAL6] = BYTES (16),
  [IFLA_VXLAN_TOS] = U8,
  [IFLA_VXLAN_TTL] = U8,
  [IFLA_VXLAN_LABEL] = U32,
  [IFLA_VXLAN_LEARNING] = U8,
  [IFLA_VXLAN_AGEING] = U32,
  [IFLA_VXLAN_LIMIT] = U32,
  [IFLA_VXLAN_PORT_RANGE] = BYTES (sizeof (struct ifla_vxlan_port_range)),
  [IFLA_VXLAN_PROXY] = U8,
  [IFLA_VXLAN_RSC] = U8,
  [IFLA_VXLAN_L2MISS] = U8,
  [IFLA_VXLAN_L3MISS] = U8,
  [IFLA_VXLAN_COLLECT_METADATA] = U8,
  [IFLA_VXLAN_PORT] = { .kind = NLV_KIND_U16 },
  [IFLA_VXLAN_UDP_CSUM] = U8,
  [IFLA_VXLAN_UDP_ZERO_CSUM6_TX] = U8,
  [IFLA_VXLAN_UDP_ZERO_CSUM6_RX] = U8,
  [IFLA_VXLAN_REMCSUM_TX] = U8,
  [IFLA_VXLAN_REMCSUM_RX] = U8,
  [IFLA_VXLAN_GBP] = FLAG,
  [IFLA_VXLAN_GPE] = FLAG,
  [IFLA_VXLAN_REMCSUM_NOPARTIAL] = FLAG,
  [IFLA_VXLAN_TTL_INHERIT] = FLAG,
  [IFLA_VXLAN_DF] = U8,
  [IFLA_VXLAN_VNIFILTER] = U8,
  [NLV_IFLA_VXLAN_LOCALBYPASS] = BOOLEAN,
  [NLV_IFLA_VXLAN_LABEL_POLICY] = { .kind = NLV_KIND_U32, .bounded = TRUE, .max = 1 },
  [NLV_IFLA_VXLAN_RESERVED_BITS] = { .kind = NLV_KIND_EXACT, .len = 8 },
  [NLV_IFLA_VXLAN_MC_ROUTE] = BOOLEAN,
};

typedef struct
{
  guint16 type;
  guint32 flag;
  gboolean changes;  /* may be changed later */
  const char *words; /* (nullable) why not */
} FlagAttr;

#define KEPT(name) IFLA_VXLAN_##name, NLV_VXLAN_##name, FALSE, "vxlan: cannot change " #name " flag"

/* In the order in which vxlan_nl2conf() looks at them. */
static const FlagAttr ttl_inherit = { KEPT (TTL_INHERIT) };
static const FlagAttr learning = { IFLA_VXLAN_LEARNING, NLV_VXLAN_LEARN, TRUE, NULL };
static const FlagAttr early_flags[] = {
  { KEPT (PROXY) },
  { KEPT (RSC) },
  { KEPT (L2MISS) },
  { KEPT (L3MISS) },
};
static const FlagAttr metadata = { IFLA_VXLAN_COLLECT_METADATA, NLV_VXLAN_METADATA, FALSE,
                                   "vxlan: cannot change COLLECT_METADATA flag" };
static const FlagAttr bypass = { NLV_IFLA_VXLAN_LOCALBYPASS, NLV_VXLAN_LOCALBYPASS, TRUE, NULL };
static const FlagAttr late_flags[] = {
  { IFLA_VXLAN_UDP_ZERO_CSUM6_TX, NLV_VXLAN_ZERO_CSUM6_TX, FALSE, "vxlan: cannot change UDP_ZERO_CSUM6_TX flag" },
  { IFLA_VXLAN_UDP_ZERO_CSUM6_RX, NLV_VXLAN_ZERO_CSUM6_RX, FALSE, "vxlan: cannot change UDP_ZERO_CSUM6_RX flag" },
  { KEPT (REMCSUM_TX) },
  { KEPT (REMCSUM_RX) },
  { KEPT (GBP) },
  { KEPT (GPE) },
};
static const FlagAttr no_partial = { KEPT (REMCSUM_NOPARTIAL) };
static const FlagAttr multicast_route = { NLV_IFLA_VXLAN_MC_ROUTE, NLV_VXLAN_MC_ROUTE, TRUE, NULL };
static const FlagAttr filter = { IFLA_VXLAN_VNIFILTER, NLV_VXLAN_VNIFILTER, FALSE,
                                 "vxlan: cannot change unknown flag" };

/* --- as it is kept ------------------------------------------------------------------ */

static guint32
flag_of (const NlvAttr *info, guint16 type, guint32 flag)
{
  return nlv_attr_u8 (&info[type]) != 0 ? flag : 0;
}

static guint32
presence_of (const NlvAttr *info, guint16 type, guint32 flag)
{
  return nlv_attr_present (&info[type]) ? flag : 0;
}

static void
read_ip (const NlvAttr *info, guint16 ipv4, guint16 ipv6, NlvIp *ip)
{
  if (nlv_attr_present (&info[ipv6]))
    nlv_attr_copy (&info[ipv6], ip, 16);
  else
    nlv_attr_copy (&info[ipv4], ip, 4);
}

void
nlv_vxlan_config_read (NlvVxlanConfig *config, GBytes *kept)
{
  NlvAttr info[NLV_IFLA_VXLAN_MAX + 1];
  gboolean ipv6;

  nlv_attrs_parse (nlv_info_span (kept), info, NLV_IFLA_VXLAN_MAX, NULL, NLV_VALIDATE_LIBERAL, NULL);
  *config = (NlvVxlanConfig){ .id = nlv_attr_u32 (&info[IFLA_VXLAN_ID]),
                              .lower = nlv_attr_u32 (&info[IFLA_VXLAN_LINK]),
                              .ttl = nlv_attr_u8 (&info[IFLA_VXLAN_TTL]),
                              .tos = nlv_attr_u8 (&info[IFLA_VXLAN_TOS]),
                              .df = nlv_attr_u8 (&info[IFLA_VXLAN_DF]),
                              .label = nlv_attr_u32 (&info[IFLA_VXLAN_LABEL]),
                              .label_policy = nlv_attr_u32 (&info[NLV_IFLA_VXLAN_LABEL_POLICY]),
                              .ageing = nlv_attr_u32 (&info[IFLA_VXLAN_AGEING]),
                              .limit = nlv_attr_u32 (&info[IFLA_VXLAN_LIMIT]),
                              .port = nlv_attr_u16 (&info[IFLA_VXLAN_PORT]) };
  ipv6 = nlv_attr_present (&info[IFLA_VXLAN_GROUP6]) || nlv_attr_present (&info[IFLA_VXLAN_LOCAL6]);
  read_ip (info, IFLA_VXLAN_GROUP, IFLA_VXLAN_GROUP6, &config->remote);
  read_ip (info, IFLA_VXLAN_LOCAL, IFLA_VXLAN_LOCAL6, &config->local);
  config->family = config->local_family = ipv6 ? AF_INET6 : AF_INET;
  nlv_attr_copy (&info[IFLA_VXLAN_PORT_RANGE], &config->ports, sizeof config->ports);
  nlv_attr_copy (&info[NLV_IFLA_VXLAN_RESERVED_BITS], config->reserved, sizeof config->reserved);
  config->flags = flag_of (info, ttl_inherit.type, ttl_inherit.flag) | flag_of (info, learning.type, learning.flag) |
                  flag_of (info, metadata.type, metadata.flag) | flag_of (info, bypass.type, bypass.flag) |
                  flag_of (info, filter.type, filter.flag) | presence_of (info, IFLA_VXLAN_GBP, NLV_VXLAN_GBP) |
                  presence_of (info, IFLA_VXLAN_GPE, NLV_VXLAN_GPE) |
                  presence_of (info, no_partial.type, no_partial.flag);
  if (nlv_attr_u8 (&info[IFLA_VXLAN_UDP_CSUM]) == 0)
    config->flags |= NLV_VXLAN_ZERO_CSUM;
  for (guint i = 0; i < G_N_ELEMENTS (early_flags); i++)
    config->flags |= flag_of (info, early_flags[i].type, early_flags[i].flag);
  for (guint i = 0; i < 4; i++)
    config->flags |= flag_of (info, late_flags[i].type, late_flags[i].flag);
}

gboolean
nlv_vxlan_has_remote (const NlvVxlanConfig *config)
{
  static const NlvIp none;

  return memcmp (config->remote.bytes, none.bytes, config->family == AF_INET6 ? 16 : 4) != 0;
}

static void
put_address (NlvWriter *writer, const NlvVxlanConfig *config, const NlvIp *ip, guint16 ipv4, guint16 ipv6)
{
  static const NlvIp none;
  gsize size = config->family == AF_INET6 ? 16 : 4;

  if (memcmp (ip->bytes, none.bytes, size) != 0)
    nlv_put (writer, size == 16 ? ipv6 : ipv4, ip->bytes, size);
}

static void
put_flag (NlvWriter *writer, const NlvVxlanConfig *config, guint16 type, guint32 flag)
{
  nlv_put_u8 (writer, type, (config->flags & flag) != 0);
}

/* vxlan_fill_info() */
GBytes *
nlv_vxlan_config_write (const NlvVxlanConfig *config)
{
  NlvWriter writer;
  GBytes *info;

  nlv_writer_init (&writer, G_MAXSIZE);
  nlv_put_u32 (&writer, IFLA_VXLAN_ID, config->id);
  put_address (&writer, config, &config->remote, IFLA_VXLAN_GROUP, IFLA_VXLAN_GROUP6);
  if (config->lower != 0)
    nlv_put_u32 (&writer, IFLA_VXLAN_LINK, config->lower);
  put_address (&writer, config, &config->local, IFLA_VXLAN_LOCAL, IFLA_VXLAN_LOCAL6);
  nlv_put_u8 (&writer, IFLA_VXLAN_TTL, config->ttl);
  put_flag (&writer, config, IFLA_VXLAN_TTL_INHERIT, NLV_VXLAN_TTL_INHERIT);
  nlv_put_u8 (&writer, IFLA_VXLAN_TOS, config->tos);
  nlv_put_u8 (&writer, IFLA_VXLAN_DF, config->df);
  nlv_put_u32 (&writer, IFLA_VXLAN_LABEL, config->label);
  nlv_put_u32 (&writer, NLV_IFLA_VXLAN_LABEL_POLICY, config->label_policy);
  put_flag (&writer, config, IFLA_VXLAN_LEARNING, NLV_VXLAN_LEARN);
  for (guint i = 0; i < G_N_ELEMENTS (early_flags); i++)
    put_flag (&writer, config, early_flags[i].type, early_flags[i].flag);
  put_flag (&writer, config, IFLA_VXLAN_COLLECT_METADATA, NLV_VXLAN_METADATA);
  nlv_put_u32 (&writer, IFLA_VXLAN_AGEING, config->ageing);
  nlv_put_u32 (&writer, IFLA_VXLAN_LIMIT, config->limit);
  nlv_put_u16 (&writer, IFLA_VXLAN_PORT, config->port);
  nlv_put_u8 (&writer, IFLA_VXLAN_UDP_CSUM, (config->flags & NLV_VXLAN_ZERO_CSUM) == 0);
  for (guint i = 0; i < 4; i++)
    put_flag (&writer, config, late_flags[i].type, late_flags[i].flag);
  put_flag (&writer, config, NLV_IFLA_VXLAN_LOCALBYPASS, NLV_VXLAN_LOCALBYPASS);
  nlv_put (&writer, IFLA_VXLAN_PORT_RANGE, &config->ports, sizeof config->ports);
  if ((config->flags & NLV_VXLAN_GBP) != 0)
    nlv_put_flag (&writer, IFLA_VXLAN_GBP);
  if ((config->flags & NLV_VXLAN_GPE) != 0)
    nlv_put_flag (&writer, IFLA_VXLAN_GPE);
  if ((config->flags & NLV_VXLAN_REMCSUM_NOPARTIAL) != 0)
    nlv_put_flag (&writer, IFLA_VXLAN_REMCSUM_NOPARTIAL);
  if ((config->flags & NLV_VXLAN_VNIFILTER) != 0)
    nlv_put_u8 (&writer, IFLA_VXLAN_VNIFILTER, 1);
  nlv_put (&writer, NLV_IFLA_VXLAN_RESERVED_BITS, config->reserved, sizeof config->reserved);
  info = nlv_writer_steal (&writer);
  nlv_writer_clear (&writer);
  return info;
}

/* --- what is asked --------------------------------------------------------------------- */

typedef struct
{
  NlvVxlanConfig *config;
  NlvChange *change;
  const NlvAttr *attrs, *data;
  gboolean is_new;
} Asked;

static gboolean
has (const Asked *self, guint16 type)
{
  return nlv_attr_present (&self->data[type]);
}

/* The kernel names the attribute of the link that has the number of its own. */
static int
refuse (const Asked *self, guint16 type, const char *words)
{
  const NlvAttr *attr = type <= NLV_IFLA_MAX && nlv_attr_present (&self->attrs[type]) ? &self->attrs[type] : NULL;

  return nlv_change_refuse_attr (self->change, -EOPNOTSUPP, words, attr);
}

/* vxlan_nl2flag() */
static int
take_flag (const Asked *self, const FlagAttr *flag)
{
  if (!has (self, flag->type))
    return 0;
  if (!self->is_new && !flag->changes)
    return nlv_change_refuse (self->change, -EOPNOTSUPP, flag->words);
  if (nlv_vxlan_policy[flag->type].kind == NLV_KIND_FLAG || nlv_attr_u8 (&self->data[flag->type]) != 0)
    self->config->flags |= flag->flag;
  else
    self->config->flags &= ~flag->flag;
  return 0;
}

static int
take_flags (const Asked *self, const FlagAttr *flags, gsize n)
{
  int error = 0;

  for (gsize i = 0; error == 0 && i < n; i++)
    error = take_flag (self, &flags[i]);
  return error;
}

static int
take_address (const Asked *self, guint16 ipv4, guint16 ipv6, NlvIp *ip, guint8 *family, const char *words)
{
  guint16 type = has (self, ipv4) ? ipv4 : ipv6;
  guint8 wanted = type == ipv4 ? AF_INET : AF_INET6;

  if (!has (self, type))
    return 0;
  if (!self->is_new && *family != wanted)
    return refuse (self, type, words);
  memset (ip, 0, sizeof *ip);
  nlv_attr_copy (&self->data[type], ip->bytes, wanted == AF_INET ? 4 : 16);
  *family = wanted;
  return 0;
}

static int
take_addresses (const Asked *self)
{
  NlvVxlanConfig *config = self->config;
  int error;

  if (has (self, IFLA_VXLAN_ID))
    {
      if (!self->is_new && nlv_attr_u32 (&self->data[IFLA_VXLAN_ID]) != config->id)
        return refuse (self, IFLA_VXLAN_ID, "Cannot change VNI");
      config->id = nlv_attr_u32 (&self->data[IFLA_VXLAN_ID]);
    }
  error = take_address (self, IFLA_VXLAN_GROUP, IFLA_VXLAN_GROUP6, &config->remote, &config->family,
                        "New group address family does not match old group");
  if (error < 0)
    return error;
  error = take_address (self, IFLA_VXLAN_LOCAL, IFLA_VXLAN_LOCAL6, &config->local, &config->local_family,
                        "New local address family does not match old");
  if (error == 0 && has (self, IFLA_VXLAN_LINK))
    config->lower = nlv_attr_u32 (&self->data[IFLA_VXLAN_LINK]);
  return error;
}

static int
take_header (const Asked *self)
{
  NlvVxlanConfig *config = self->config;

  if (has (self, IFLA_VXLAN_TOS))
    config->tos = nlv_attr_u8 (&self->data[IFLA_VXLAN_TOS]);
  if (has (self, IFLA_VXLAN_TTL))
    config->ttl = nlv_attr_u8 (&self->data[IFLA_VXLAN_TTL]);
  if (take_flag (self, &ttl_inherit) < 0)
    return -EOPNOTSUPP;
  if (has (self, IFLA_VXLAN_LABEL))
    config->label = nlv_attr_u32 (&self->data[IFLA_VXLAN_LABEL]) & g_htonl (FLOW_LABEL);
  if (has (self, NLV_IFLA_VXLAN_LABEL_POLICY))
    config->label_policy = nlv_attr_u32 (&self->data[NLV_IFLA_VXLAN_LABEL_POLICY]);
  take_flag (self, &learning);
  if (has (self, IFLA_VXLAN_AGEING))
    config->ageing = nlv_attr_u32 (&self->data[IFLA_VXLAN_AGEING]);
  return take_flags (self, early_flags, G_N_ELEMENTS (early_flags));
}

/* What only a new one may be told. */
static int
take_fixed (const Asked *self)
{
  NlvVxlanConfig *config = self->config;
  int error;

  if (has (self, IFLA_VXLAN_LIMIT))
    {
      if (!self->is_new)
        return refuse (self, IFLA_VXLAN_LIMIT, "Cannot change limit");
      config->limit = nlv_attr_u32 (&self->data[IFLA_VXLAN_LIMIT]);
    }
  error = take_flag (self, &metadata);
  if (error < 0)
    return error;
  if (has (self, IFLA_VXLAN_PORT_RANGE))
    {
      if (!self->is_new)
        return refuse (self, IFLA_VXLAN_PORT_RANGE, "Cannot change port range");
      nlv_attr_copy (&self->data[IFLA_VXLAN_PORT_RANGE], &config->ports, sizeof config->ports);
    }
  if (has (self, IFLA_VXLAN_PORT))
    {
      if (!self->is_new)
        return refuse (self, IFLA_VXLAN_PORT, "Cannot change port");
      config->port = nlv_attr_u16 (&self->data[IFLA_VXLAN_PORT]);
    }
  if (has (self, IFLA_VXLAN_UDP_CSUM))
    {
      if (!self->is_new)
        return refuse (self, IFLA_VXLAN_UDP_CSUM, "Cannot change UDP_CSUM flag");
      if (nlv_attr_u8 (&self->data[IFLA_VXLAN_UDP_CSUM]) == 0)
        config->flags |= NLV_VXLAN_ZERO_CSUM;
    }
  take_flag (self, &bypass);
  return take_flags (self, late_flags, G_N_ELEMENTS (late_flags));
}

/* The bits of a header that an extension uses: VXLAN_HF_VNI and its like. Said by
 * who has asked for it now, whatever has been before. */
static void
find_used_bits (const Asked *self, guint8 used[8])
{
  static const guint8 plain[8] = { 0x08, 0, 0, 0, 0xff, 0xff, 0xff, 0 };

  memcpy (used, plain, sizeof plain);
  if (has (self, IFLA_VXLAN_REMCSUM_RX))
    {
      used[1] |= 0x20;
      used[7] = 0xff;
    }
  if (has (self, IFLA_VXLAN_GBP))
    {
      used[0] |= 0x80;
      used[1] = used[2] = used[3] = 0xff;
    }
  if (has (self, IFLA_VXLAN_GPE))
    {
      used[0] |= 0x35;
      used[3] = 0xff;
    }
}

static guint64
load_bits (const guint8 bytes[8])
{
  guint64 bits;

  memcpy (&bits, bytes, sizeof bits);
  return GUINT64_FROM_BE (bits);
}

static int
take_reserved_bits (const Asked *self)
{
  const NlvAttr *attr = &self->data[NLV_IFLA_VXLAN_RESERVED_BITS];
  guint8 used[8], *reserved = self->config->reserved;

  find_used_bits (self, used);
  if (!nlv_attr_present (attr))
    {
      for (guint i = 0; i < sizeof used; i++)
        reserved[i] = (guint8) ~used[i];
      return 0;
    }
  if (!self->is_new)
    return nlv_change_refuse_attr (self->change, -EOPNOTSUPP, "Cannot change reserved_bits", attr);
  nlv_attr_copy (attr, reserved, 8);
  if ((load_bits (used) & load_bits (reserved)) != 0)
    return nlv_change_refuse_attr (self->change, -EINVAL, "Used bits cannot overlap reserved bits", attr);
  return 0;
}

static int
take_rest (const Asked *self)
{
  int error = take_flag (self, &no_partial);

  if (error < 0)
    return error;
  take_flag (self, &multicast_route);
  if (nlv_attr_present (&self->attrs[IFLA_MTU]) && !self->is_new)
    return nlv_change_refuse_attr (self->change, -EOPNOTSUPP, "Cannot change mtu", &self->attrs[IFLA_MTU]);
  if (has (self, IFLA_VXLAN_DF))
    self->config->df = nlv_attr_u8 (&self->data[IFLA_VXLAN_DF]);
  error = take_flag (self, &filter);
  if (error == 0 && has (self, filter.type) &&
      (self->config->flags & (NLV_VXLAN_VNIFILTER | NLV_VXLAN_METADATA)) == NLV_VXLAN_VNIFILTER)
    return nlv_change_refuse_attr (self->change, -EINVAL, "vxlan vnifilter only valid in collect metadata mode",
                                   &self->data[filter.type]);
  return error;
}

int
nlv_vxlan_config_apply (NlvVxlanConfig *config, NlvChange *change, const NlvAttr *attrs, const NlvAttr *data,
                        gboolean is_new)
{
  static int (*const steps[]) (const Asked *) = { take_addresses, take_header, take_fixed, take_reserved_bits,
                                                  take_rest };
  const Asked self = { config, change, attrs, data, is_new };
  int error = 0;

  if (is_new)
    *config = (NlvVxlanConfig){ .flags = NLV_VXLAN_LEARN | NLV_VXLAN_LOCALBYPASS };
  for (guint i = 0; error == 0 && i < G_N_ELEMENTS (steps); i++)
    error = steps[i](&self);
  return error;
}

/* vxlan_headroom() */
guint32
nlv_vxlan_config_overhead (const NlvVxlanConfig *config)
{
  guint32 ip = config->family == AF_INET6 ? 40 : 20, udp = 8, vxlan = 8;

  return ip + udp + vxlan + ((config->flags & NLV_VXLAN_GPE) != 0 ? 0 : 14);
}
